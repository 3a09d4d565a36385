/** The only module that needs `jose`, so that the build bundles it here; imports nothing of the package. */
import type { KeyObject } from 'crypto';
import { createPrivateKey } from 'crypto';
import { SignJWT } from 'jose';

/** What the JWT says, and the key that signs it. */
export interface JwtSettings {
	/** Address of Adobe IMS, without a trailing slash; audience and metascopes are made from it. */
	ims: string;
	clientId: string;
	organizationId: string;
	technicalAccountId: string;
	/** Names such as `ent_campaign_sdk`, or whole claim names (an address). */
	metascopes: string[];
	/** PEM in any shape that {@link readPrivateKey} understands. */
	privateKey: string;
	passphrase?: string;
	/** Milliseconds since the epoch. */
	now: number;
}

/** How long a JWT may be exchanged, in seconds; the vendor's libraries use the same. */
const lifetime = 300;

/** Hexadecimal digits of the initialisation vector in a DEK-Info header, by cipher. */
const vectorDigits = (cipher: string) => (cipher.startsWith('AES') ? 32 : 16);

/** Undoes the wrappings of pasted text: a JSON array of lines, a JSON string, escaped line breaks. */
function unwrap(pasted: string): string {
	const words = pasted.trim();
	if (words.startsWith('[') || words.startsWith('"')) {
		try {
			const parsed = JSON.parse(words) as unknown;
			if (Array.isArray(parsed)) return unwrap(parsed.map(String).join('\n'));
			if (typeof parsed === 'string') return unwrap(parsed);
		} catch {
			// No JSON after all: read as it is, and refused below if no key is in it
		}
	}
	return words.replace(/\\+r/g, '').replace(/\\+n/g, '\n').replace(/\r/g, '');
}

/** The headers of an encrypted PKCS#1 block; line breaks may have got lost around them. */
function splitHeaders(inner: string): { headers: string; data: string } {
	const found = /^\s*Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*([A-Z0-9-]+),\s*/.exec(inner);
	const cipher = found?.[1];
	if (!found || cipher === undefined) return { headers: '', data: inner };
	const rest = inner.slice(found[0].length);
	const vector = rest.slice(0, vectorDigits(cipher));
	return {
		headers: `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${vector}\n\n`,
		data: rest.slice(vector.length),
	};
}

/**
 * Finds the private key in pasted text and writes it as PEM (RFC 7468): real or escaped line breaks, none at all
 * (a one-line input field drops them), a JSON array of lines, with or without a certificate around it.
 * @throws Error in words that do not hold the key
 */
export function normalisePem(pasted: string): string {
	const words = unwrap(pasted);
	const block = /-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----([\s\S]*?)-----END \1-----/.exec(words);
	const [, label, inner] = block ?? [];
	if (label !== undefined && inner !== undefined) {
		const { headers, data } = splitHeaders(inner);
		const lines = data.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
		return [
			`-----BEGIN ${label}-----`,
			`${headers}${lines.join('\n')}`,
			`-----END ${label}-----`,
			'',
		].join('\n');
	}
	const other = /-----BEGIN ([A-Z ]*(?:CERTIFICATE|PUBLIC KEY)[A-Z ]*)-----/.exec(words)?.[1];
	if (other !== undefined) {
		throw new Error(
			`“Private Key” holds a ${other.toLowerCase()}. Paste the private key that belongs to it, the file private.key.`,
		);
	}
	if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(words)) {
		throw new Error(
			'“Private Key” is cut off. Paste the whole file, up to and with the line -----END PRIVATE KEY-----.',
		);
	}
	throw new Error(
		'“Private Key” is no private key. Paste the whole file private.key, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.',
	);
}

/** Undefined for what OpenSSL refuses: its texts name its functions, not what the user can do. */
function open(pem: string, passphrase: string | undefined): KeyObject | undefined {
	try {
		return createPrivateKey({ key: pem, format: 'pem', passphrase });
	} catch {
		return undefined;
	}
}

/**
 * Reads a private key as users paste it: PKCS#1 or PKCS#8, encrypted or not.
 * @throws Error in words that say what to do and do not hold the key
 */
export function readPrivateKey(pasted: string, passphrase = ''): KeyObject {
	const pem = normalisePem(pasted);
	const isEncrypted = /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(pem);
	if (isEncrypted && passphrase === '') {
		throw new Error('“Private Key” is encrypted. Fill in “Passphrase”.');
	}
	const key = open(pem, isEncrypted ? passphrase : undefined);
	if (!key) {
		throw new Error(
			isEncrypted
				? '“Private Key” cannot be opened with this passphrase. Check “Passphrase”, and that the whole key was pasted.'
				: '“Private Key” cannot be read. It is damaged or not complete: paste the whole file private.key again.',
		);
	}
	if (key.asymmetricKeyType !== 'rsa') {
		throw new Error(
			`“Private Key” is of the type ${key.asymmetricKeyType ?? 'unknown'}, but Adobe takes RSA keys only.`,
		);
	}
	return key;
}

/**
 * Signs the JWT that IMS exchanges for an access token: RS256, five minutes.
 * @throws Error in words for an unusable key
 */
export async function signJwt(settings: JwtSettings): Promise<string> {
	const { ims, clientId, metascopes } = settings;
	const key = readPrivateKey(settings.privateKey, settings.passphrase);
	const claims = Object.fromEntries(
		metascopes.map((name) => [/^https?:\/\//.test(name) ? name : `${ims}/s/${name}`, true]),
	);
	return await new SignJWT(claims)
		.setProtectedHeader({ alg: 'RS256' })
		.setIssuer(settings.organizationId)
		.setSubject(settings.technicalAccountId)
		.setAudience(`${ims}/c/${clientId}`)
		.setExpirationTime(Math.floor(settings.now / 1000) + lifetime)
		.sign(key);
}
