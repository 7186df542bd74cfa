// The journal as it grows: what is there, then each request as it completes; after a break, what was missed.

import { ApiError, eventSource, get } from "./api.js";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 4000;

// Events: `state` (live, polling, gone, refused); `journal`, as the API gives it; `records`, as they come; `emptied`.
export class Stream extends EventTarget {
  #since = 0;
  #identity = null;
  #delay = FIRST_DELAY_MS;
  #source = null;
  #timer = null;
  #run = 0;

  start() {
    this.stop();
    const run = this.#run;
    this.#catchUp().then(
      () => run === this.#run && this.#listen(),
      (error) => run === this.#run && this.#failed(error),
    );
  }

  // A page that nobody looks at takes no listener's place; `start` brings what it missed.
  stop() {
    this.#run += 1; // what is still under way is nobody's any more
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  async #catchUp() {
    let journal = await get("journal", { since: this.#since });
    if (this.#identity && journal.identity !== this.#identity) {
      this.#tell("emptied"); // cleared unseen, or a server started anew
      journal = await get("journal", { since: 0 });
    }
    this.#identity = journal.identity;
    this.#since = journal.next;
    this.#tell("journal", journal);
  }

  #listen() {
    const source = (this.#source = eventSource("journal/events", { since: this.#since }));
    source.addEventListener("open", () => {
      this.#delay = FIRST_DELAY_MS;
      this.#tell("state", "live");
    });
    source.addEventListener("request", (event) => {
      this.#since = Number(event.lastEventId);
      this.#tell("records", [JSON.parse(event.data)]);
    });
    source.addEventListener("reset", () => {
      this.#since = 0;
      this.#tell("emptied");
    });
    source.addEventListener("error", () => this.#broke());
  }

  // The server may be gone, or may only have no room for another listener: asking again tells.
  #broke() {
    this.#source.close();
    this.#tell("state", "polling");
    this.#again();
  }

  #failed(error) {
    const isRefused = error instanceof ApiError && error.status === 403;
    this.#tell("state", isRefused ? "refused" : "gone");
    if (!isRefused) this.#again();
  }

  #again() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
