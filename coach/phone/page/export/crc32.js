// The checksum of MCAP: CRC-32 as zlib has it.

const POLYNOMIAL = 0xedb88320; // of IEEE 802.3, bits reversed

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? POLYNOMIAL : 0);
  return byte;
});

// Of bytes that follow others, whose checksum is `before`.
export function crc32(bytes, before = 0) {
  let crc = ~before;
  for (let at = 0; at < bytes.length; at++) crc = TABLE[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
