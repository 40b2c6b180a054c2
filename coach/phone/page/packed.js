// Files that the page's programs read, and no browser by itself, come packed: a third of their size.
export async function unpacked(address) {
  const { body } = await fetch(address);
  return new Response(body.pipeThrough(new DecompressionStream("deflate")));
}
