// Runs in the browser; engine.ts calls it.
const fonts = Promise.all([...document.fonts].map((font) => font.load()));
const graphemes = new Intl.Segmenter();

/** Lays lines out in a column and tells where each character is seen. */
globalThis.show = async (lines, width) => {
  await fonts;
  document.body.style.width = `${width}px`;
  const blocks = lines.map(({ quote, runs }) => {
    const block = document.createElement(quote ? 'blockquote' : 'div');
    for (const { text, bold } of runs) {
      const parent = bold ? block.appendChild(document.createElement('strong')) : block;
      parent.append(document.createTextNode(text));
    }
    return block;
  });
  document.body.replaceChildren(...blocks);
  return blocks.map((block) => {
    const glyphs = [];
    const nodes = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      for (const { segment, index } of graphemes.segment(nodes.currentNode.data)) {
        const range = document.createRange();
        range.setStart(nodes.currentNode, index);
        range.setEnd(nodes.currentNode, index + segment.length);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        glyphs.push({ text: segment, left, right, top, bottom });
      }
    }
    const { left, right } = block.getBoundingClientRect();
    return { left, right, glyphs };
  });
};

/** How far the ink at half height of a picture lies to the right of the ink at its top, in pixels: "(" is negative, ")" positive. */
globalThis.lean = async (png) => {
  const image = new Image();
  image.src = png;
  await image.decode();
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const rows = [];
  for (let y = 0; y < height; y++) {
    const ink = [];
    for (let x = 0; x < width; x++) if (data[(y * width + x) * 4] < 128) ink.push(x);
    if (ink.length > 0) rows.push((ink[0] + ink[ink.length - 1]) / 2);
  }
  return rows[Math.floor(rows.length / 2)] - rows[0];
};
