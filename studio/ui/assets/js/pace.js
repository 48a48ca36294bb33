// How fast something goes, over the last seconds, and how long the rest will take.
const OVER = 15000; // milliseconds looked back on
const LEAST = 1000;

export class Pace {
  #seen = [];

  // Begin anew: what was there before did not come now.
  restart() {
    this.#seen = [];
  }

  note(done, now = Date.now()) {
    this.#seen.push([now, done]);
    while (this.#seen.length > 2 && now - this.#seen[1][0] > OVER) this.#seen.shift();
  }

  // Units a second; 0 while nobody can tell.
  rate() {
    if (this.#seen.length < 2) return 0;
    const [[then, before], [now, done]] = [this.#seen[0], this.#seen.at(-1)];
    return now - then < LEAST ? 0 : ((done - before) / (now - then)) * 1000;
  }
}
