/** Unit vectors from a seeded generator, [count × dimensions]. */
export function randomVectors(count: number, dimensions: number, seed = 1): Float32Array {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const vectors = Float32Array.from({ length: count * dimensions }, next);
  for (let v = 0; v < count; v++) {
    const row = vectors.subarray(v * dimensions, (v + 1) * dimensions);
    const length = Math.hypot(...row);
    row.forEach((x, i) => {
      row[i] = x / length;
    });
  }
  return vectors;
}
