// Keeps the page for use offline. `SITE`, its version and files, stands in front of this where it is served.

const CACHE = `cadence-coach-${SITE.version}`;

self.addEventListener("install", (event) => {
  // "reload": what the browser may have kept of an older page is not taken for the new one.
  const requests = SITE.files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

// A page that is open goes on with the files it began with; the new ones are taken once it is closed.
self.addEventListener("activate", (event) => {
  const outdated = (name) => name.startsWith("cadence-coach-") && name !== CACHE;
  const forget = async () => Promise.all((await caches.keys()).filter(outdated).map((name) => caches.delete(name)));
  event.waitUntil(forget());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === location.origin) event.respondWith(answer(request));
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  const path = request.mode === "navigate" ? "./" : request;
  return (await cache.match(path, { ignoreSearch: true })) ?? fetch(request);
}
