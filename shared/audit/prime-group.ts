// Whether a public key of Ed25519 is a point of the group of prime order. A key that passes is free of torsion: on other keys the known
// implementations disagree about some signatures, and one that is true here and false there proves nothing. Plain arithmetic of the
// twisted Edwards curve (RFC 8032 section 5.1) over BigInt: about a millisecond a key, so it is asked where keys are read and never at
// a signature. Nothing secret passes here, so it need not take the same time for every key.

const P = (1n << 255n) - 19n;
/** Order of the prime group. */
const L = (1n << 252n) + 27742317777372353535851937790883648493n;
const D = mod(-121665n * power(121666n, P - 2n));
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** x = X/Z, y = Y/Z, x * y = T/Z. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly t: bigint;
}

/** Keys that were found in the group before; the same few are read over and over. */
const KNOWN = new Set<string>();
const MOST_KNOWN = 1_024;

const IDENTITY: Point = { x: 0n, y: 1n, z: 1n, t: 0n };

/** Whether 32 bytes encode, canonically, a point of the curve that the group order takes to the identity, and that is not the identity. */
export function isInPrimeGroup(bytes: Uint8Array): boolean {
  const name = Buffer.from(bytes).toString('hex');
  if (KNOWN.has(name)) return true;
  if (!isTorsionFree(bytes)) return false;
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.add(name);
  return true;
}

function isTorsionFree(bytes: Uint8Array): boolean {
  const point = bytes.length === 32 ? decode(bytes) : null;
  if (point === null || isIdentity(point)) return false;
  let sum = IDENTITY;
  for (let bit = 252n; bit >= 0n; bit -= 1n) {
    sum = add(sum, sum);
    if ((L >> bit) & 1n) sum = add(sum, point);
  }
  return isIdentity(sum);
}

/** RFC 8032 section 5.1.3; null for what is no point, or a second spelling of one. */
function decode(bytes: Uint8Array): Point | null {
  const number = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const sign = number >> 255n;
  const y = number & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  // (u/v)^((p+3)/8), by one power.
  let x = mod(u * v ** 3n * power(mod(u * v ** 7n), (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * SQRT_MINUS_ONE);
  if (mod(v * x * x) !== u || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return { x, y, z: 1n, t: mod(x * y) };
}

/** Complete: true for any two points, equal ones included (RFC 8032 section 5.1.4). */
function add(left: Point, right: Point): Point {
  const a = mod((left.y - left.x) * (right.y - right.x));
  const b = mod((left.y + left.x) * (right.y + right.x));
  const c = mod(2n * D * left.t * right.t);
  const d = mod(2n * left.z * right.z);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { x: mod(e * f), y: mod(g * h), z: mod(f * g), t: mod(e * h) };
}

function isIdentity({ x, y, z }: Point): boolean {
  return x === 0n && y === z;
}

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n, square = mod(square * square)) {
    if (rest & 1n) result = mod(result * square);
  }
  return result;
}
