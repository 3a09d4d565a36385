/** The only module that needs uqr and fflate, so that the build bundles them here; imports nothing of the package. */
import { zlibSync } from 'fflate';
import { encode } from 'uqr';

/** How much of a QR code may be damaged and still be read: about 7, 15, 25 or 30 per cent. */
export type Correction = 'L' | 'M' | 'Q' | 'H';

/** Light modules around a QR code that readers need (ISO/IEC 18004, section 5.3.8). */
const quietZone = 4;

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The checksum of a PNG chunk (PNG, third edition, annex D). */
function crc32(bytes: Buffer): number {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

function chunk(type: string, data: Uint8Array): Buffer {
	const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const checksum = Buffer.alloc(4);
	checksum.writeUInt32BE(crc32(typed));
	return Buffer.concat([length, typed, checksum]);
}

/** A square image of one bit for each pixel: 0 is black. */
function toPng(isDark: (row: number, column: number) => boolean, size: number): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(size, 0);
	header.writeUInt32BE(size, 4);
	header[8] = 1; // bits for each pixel; what follows stays 0: greyscale, deflate, adaptive filters, not interlaced
	const stride = 1 + Math.ceil(size / 8);
	const pixels = Buffer.alloc(stride * size); // each row begins with the number of its filter: 0, none
	for (let row = 0; row < size; row++) {
		for (let column = 0; column < size; column++) {
			if (isDark(row, column)) continue;
			const place = row * stride + 1 + (column >> 3);
			pixels[place] = (pixels[place] ?? 0) | (0x80 >> (column & 7));
		}
	}
	return Buffer.concat([
		signature,
		chunk('IHDR', header),
		chunk('IDAT', zlibSync(pixels, { level: 9 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

/**
 * Draws a QR code as a PNG file, black on white, with the light border that readers need.
 * @param scale pixels for the width of one module, the smallest square of the code
 */
export function drawQrCode(text: string, correction: Correction, scale: number): Buffer {
	const { data } = encode(text, { ecc: correction, border: quietZone });
	return toPng(
		(row, column) => data[Math.floor(row / scale)]?.[Math.floor(column / scale)] === true,
		data.length * scale,
	);
}
