/* sha256.c -- the plain block loop of FIPS 180-4. */
#include "runtime/model/sha256.h"

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t turn(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static void schedule(const unsigned char *block, uint32_t w[64]) {
	for (size_t i = 0; i < 16; i++, block += 4)
		w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
		       (uint32_t)block[2] << 8 | block[3];
	for (size_t i = 16; i < 64; i++) {
		uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + a + w[i - 7] + b;
	}
}

/* One round; the words stay where they are, their names turn. */
static inline void round_on(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f,
			    uint32_t g, uint32_t *h, uint32_t add) {
	uint32_t t1 = *h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + add;
	*d += t1;
	*h = t1 + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
}

static void absorb(uint32_t state[8], const unsigned char *block) {
	uint32_t w[64];
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	schedule(block, w);
	for (size_t i = 0; i < 64; i += 8) {
		const uint32_t *k = round_constants + i;
		round_on(a, b, c, &d, e, f, g, &h, k[0] + w[i + 0]);
		round_on(h, a, b, &c, d, e, f, &g, k[1] + w[i + 1]);
		round_on(g, h, a, &b, c, d, e, &f, k[2] + w[i + 2]);
		round_on(f, g, h, &a, b, c, d, &e, k[3] + w[i + 3]);
		round_on(e, f, g, &h, a, b, c, &d, k[4] + w[i + 4]);
		round_on(d, e, f, &g, h, a, b, &c, k[5] + w[i + 5]);
		round_on(c, d, e, &f, g, h, a, &b, k[6] + w[i + 6]);
		round_on(b, c, d, &e, f, g, h, &a, k[7] + w[i + 7]);
	}
	const uint32_t last[8] = { a, b, c, d, e, f, g, h };
	for (size_t i = 0; i < 8; i++) state[i] += last[i];
}

static void digest(struct str text, uint32_t h[8]) {
	static const uint32_t begin[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	unsigned char last[128] = { 0 };
	size_t whole = text.n / 64 * 64, rest = text.n - whole, tail = rest < 56 ? 64 : 128;
	memcpy(h, begin, sizeof begin);
	for (size_t i = 0; i < whole; i += 64) absorb(h, (const unsigned char *)text.p + i);
	if (rest) memcpy(last, text.p + whole, rest);
	last[rest] = 0x80;
	for (size_t i = 0; i < 8; i++)
		last[tail - 1 - i] = (unsigned char)((uint64_t)text.n * 8 >> (8 * i));
	for (size_t i = 0; i < tail; i += 64) absorb(h, last + i);
}

void sha256_hex(struct str text, char out[65]) {
	uint32_t h[8];
	digest(text, h);
	for (size_t i = 0; i < 64; i++)
		out[i] = "0123456789abcdef"[h[i / 8] >> (28 - 4 * (i % 8)) & 15];
	out[64] = '\0';
}

void sha256_unhex(const char hex[65], char out[32]) {
	for (size_t i = 0; i < 32; i++) {
		int high = hex[2 * i], low = hex[2 * i + 1];
		high = high <= '9' ? high - '0' : high - 'a' + 10;
		low = low <= '9' ? low - '0' : low - 'a' + 10;
		out[i] = (char)(high << 4 | low);
	}
}

/* Six bits a character from the first on; the last one has four. */
void sha256_short(struct str text, char out[SHA256_SHORT + 1]) {
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t h[9] = { 0 };
	digest(text, h);
	for (size_t i = 0; i < SHA256_SHORT; i++) {
		uint64_t two = (uint64_t)h[i * 6 / 32] << 32 | h[i * 6 / 32 + 1];
		out[i] = digits[two >> (58 - i * 6 % 32) & 63];
	}
	out[SHA256_SHORT] = '\0';
}
