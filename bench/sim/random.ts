/** Gives numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number;

/** A small seeded generator (mulberry32, public domain, by Tommy Ettinger), so that every run of the simulation is the same. */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A span drawn from the exponential distribution with this mean. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random());
