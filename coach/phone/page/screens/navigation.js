// Which screen is seen, by the page's address: #connect, #run, #after/12, #runs, #settings.

const FIRST = "connect";

export function route() {
  const [name, id] = location.hash.slice(1).split("/");
  return document.querySelector(`[data-screen="${name}"]`) ? { name, id } : { name: FIRST };
}

// Calls `act(name, id)` now and whenever another screen is gone to.
export function onRoute(act) {
  const show = () => {
    const { name, id } = route();
    for (const screen of document.querySelectorAll("[data-screen]")) screen.hidden = screen.dataset.screen !== name;
    for (const link of document.querySelectorAll("nav a")) {
      link.toggleAttribute("aria-current", link.hash === `#${name}`);
    }
    document.body.dataset.at = name;
    const heading = document.querySelector(`[data-screen="${name}"] h1`);
    document.title = `${heading.textContent} · Cadence Coach`;
    act(name, id);
    return heading;
  };
  addEventListener("hashchange", () => {
    scrollTo(0, 0);
    show().focus({ preventScroll: true });
  });
  show();
}

export function go(name, id) {
  const hash = hashOf(name, id);
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

// The same from a place to which nobody shall come back.
export function goInstead(name, id) {
  location.replace(hashOf(name, id));
}

function hashOf(name, id) {
  return id === undefined ? `#${name}` : `#${name}/${id}`;
}
