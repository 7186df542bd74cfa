// What the page shows, as its address says: `#/calls?range=7d&call=ID`. It is the one place that holds it, so that
// reload, back, forward and a copied link show the same.

export class Route extends EventTarget {
  view = "";
  #views;
  #parameters = new URLSearchParams();
  #left = new Map(); // view -> its parameters when it was left

  // Events: `change`, whenever the view or one of its parameters is another one.
  constructor(views) {
    super();
    this.#views = views;
    this.#read();
    window.addEventListener("popstate", () => {
      this.#read();
      this.dispatchEvent(new Event("change"));
    });
  }

  get(name) {
    return this.#parameters.get(name) ?? "";
  }

  // Changes parameters of the view; `null` and "" take one away. A step that a person may want back is an entry of
  // the browser's history.
  set(changes, { isStep = false } = {}) {
    const changed = new URLSearchParams(this.#parameters);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") changed.delete(name);
      else changed.set(name, value);
    }
    if (String(changed) !== String(this.#parameters)) this.#write(this.view, changed, isStep);
  }

  // Shows a view: with the given parameters, or as it was left.
  go(view, parameters = null) {
    const wanted = parameters ? new URLSearchParams(parameters) : (this.#left.get(view) ?? new URLSearchParams());
    if (view !== this.view || String(wanted) !== String(this.#parameters)) this.#write(view, wanted, true);
  }

  #write(view, parameters, isStep) {
    this.#left.set(this.view, this.#parameters);
    this.view = view;
    this.#parameters = parameters;
    history[isStep ? "pushState" : "replaceState"](null, "", addressOf(view, parameters));
    this.dispatchEvent(new Event("change"));
  }

  #read() {
    const [view, query] = location.hash.slice(2).split(/\?(.*)/s);
    this.#left.set(this.view, this.#parameters);
    this.view = this.#views.includes(view) ? view : this.#views[0];
    this.#parameters = new URLSearchParams(query ?? "");
  }
}

export function addressOf(view, parameters = {}) {
  const query = String(new URLSearchParams(parameters));
  return `#/${view}${query ? `?${query}` : ""}`;
}
