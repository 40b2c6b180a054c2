// A run on another machine, watched over the WebSocket beside the page.

const RETRY_MS = 1000;
const SILENT_MS = 5000; // a run tells of itself each second: after this the network is gone, said or not
const OVER = 1000; // the code with which the run's end closes the socket

// `address` is the page's own, with the token in it. After each connection onResults is given all that was
// found so far, then onFound what is new, and onView the moment, changed. onGone: nothing comes any more;
// it is tried again until it does, or the run was over. Returns what ends it.
export function follow(address, { onView, onResults, onFound, onGone }) {
  let socket = null;
  let timer = 0;
  let isGone = false;

  const leave = () => {
    clearTimeout(timer);
    socket.onmessage = socket.onclose = null;
    socket.close();
  };

  const retry = () => {
    leave();
    timer = setTimeout(open, RETRY_MS);
    if (!isGone) onGone();
    isGone = true;
  };

  const expect = () => {
    clearTimeout(timer);
    timer = setTimeout(retry, SILENT_MS);
  };

  const open = () => {
    socket = new WebSocket(socketOf(address));
    expect();
    socket.onclose = ({ code }) => (code === OVER ? leave() : retry());
    socket.onmessage = ({ data }) => {
      expect();
      isGone = false;
      const { results, found, view } = JSON.parse(data);
      if (results) onResults(results);
      if (found) onFound(found);
      if (view) onView(view);
    };
  };

  open();
  return { close: leave };
}

function socketOf(address) {
  const url = new URL("live", address);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("token", new URL(address).searchParams.get("token") ?? "");
  return url;
}
