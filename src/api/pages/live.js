/**
 * Live: keeps an open page true, in the buyer's browser. The store's event stream says when what it
 * shows changed; the page is then fetched again and its content replaced. Without a stream it asks
 * now and then. It needs nothing: without a script the page refreshes itself.
 */
(() => {
  const pollMs = 5_000;
  const streamAgainMs = 60_000;

  let main = found(document.querySelector("main"));
  const announcer = found(document.getElementById("announcer"));
  const offline = found(document.getElementById("offline"));
  /** @type {EventSource | undefined} */
  let stream;
  /** @type {number | undefined} */
  let poll;
  let streamEndedAt = 0;
  let fetching = false;
  let fetchAgain = false;
  /** When the time to pay is over by this device's clock, which only measures how long it has been. */
  let dueAt = 0;

  /**
   * @template Part
   * @param {Part | null} part
   */
  function found(part) {
    if (part === null) throw new Error("the page is not whole");
    return part;
  }

  /** @param {Document} fresh @param {string} address */
  function show(fresh, address) {
    const next = found(fresh.querySelector("main"));
    const same =
      next.dataset.marker === main.dataset.marker && next.dataset.shows === main.dataset.shows;
    if (!same) {
      const focused = main.contains(document.activeElement) ? document.activeElement : null;
      main.replaceWith(next);
      main = next;
      document.title = fresh.title;
      announcer.textContent = document.getElementById("headline")?.textContent ?? "";
      if (focused !== null) document.getElementById(focused.id || "headline")?.focus();
      if (focused !== null && document.activeElement === document.body) {
        document.getElementById("headline")?.focus();
      }
      // What was the payment page has become the order page, and is reloaded as that.
      if (address !== location.href) history.replaceState(null, "", address);
    }
    setDue(next);
    follow();
  }

  async function refresh() {
    if (fetching) {
      fetchAgain = true;
      return;
    }
    fetching = true;
    try {
      const response = await fetch(location.href, { cache: "no-store" });
      if (!response.ok && response.status !== 404) throw new Error(String(response.status));
      const text = await response.text();
      show(new DOMParser().parseFromString(text, "text/html"), response.url);
      offline.hidden = true;
      if (stream?.readyState === EventSource.OPEN) stopPolling();
    } catch {
      offline.hidden = false;
      startPolling();
    }
    fetching = false;
    if (fetchAgain) {
      fetchAgain = false;
      void refresh();
    }
  }

  /** Opens the stream, or closes it when this page cannot change any more. */
  function follow() {
    const address = main.dataset.events;
    if (address === undefined) {
      stream?.close();
      stopPolling();
    } else if (stream === undefined) {
      openStream(address);
    }
  }

  /** @param {string} address */
  function openStream(address) {
    const opened = new EventSource(address);
    stream = opened;
    for (const name of ["order", "deposit"]) {
      opened.addEventListener(name, (event) => {
        stopPolling();
        offline.hidden = true;
        if (event.data !== main.dataset.marker) void refresh();
      });
    }
    opened.addEventListener("over", () => {
      opened.close();
      void refresh();
    });
    opened.addEventListener("error", () => {
      // It comes back by itself, unless the store refused it.
      streamEndedAt = Date.now();
      startPolling();
    });
  }

  /** What is shown may be old, and the stream cut off without a word. */
  function wake() {
    if (main.dataset.events === undefined) return;
    stream?.close();
    stream = undefined;
    void refresh();
  }

  function startPolling() {
    poll ??= window.setInterval(() => {
      if (document.hidden) return;
      const refused = stream?.readyState === EventSource.CLOSED;
      if (refused && Date.now() - streamEndedAt > streamAgainMs) stream = undefined;
      void refresh();
    }, pollMs);
  }

  function stopPolling() {
    window.clearInterval(poll);
    poll = undefined;
  }

  /** @param {HTMLElement} shown */
  function setDue(shown) {
    const seconds = shown.querySelector("[data-seconds]")?.getAttribute("data-seconds");
    dueAt = seconds ? Date.now() + Number(seconds) * 1_000 : 0;
  }

  function tick() {
    const left = main.querySelector("[data-seconds]");
    if (left === null || dueAt === 0) return;
    const seconds = Math.max(0, Math.ceil((dueAt - Date.now()) / 1_000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    // Only the store says that the time is over.
    if (seconds === 0) {
      dueAt = 0;
      void refresh();
    }
  }

  /** @param {HTMLElement} button */
  async function copy(button) {
    const source = document.getElementById(button.dataset.copy ?? "");
    if (source === null) return;
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
    } catch {
      // Not allowed here: then at least it is selected, and most browsers copy it all the same.
      window.getSelection()?.selectAllChildren(source);
      if (!document.execCommand("copy")) return;
    }
    const said = button.dataset.copied ?? "";
    button.textContent = said;
    announcer.textContent = said;
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy]");
    if (button instanceof HTMLElement) void copy(button);
  });
  // Back from the wallet, or to a tab that slept.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) wake();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) wake();
  });

  document.documentElement.classList.add("js");
  setDue(main);
  window.setInterval(tick, 1_000);
  follow();
})();
