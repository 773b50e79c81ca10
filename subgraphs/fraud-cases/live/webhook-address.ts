// Where a webhook may be sent. An address is configured by people and still not trusted: a name may point anywhere by the time it is asked, so
// the address that is really connected to is judged, at each connection. Open to the world, or this very machine when the configuration
// says so outright; nothing between, so that no webhook reaches what stands behind the bank's walls.

import { BlockList, isIP } from 'node:net';

/** LOOPBACK: the configuration names this machine. */
export type AddressReach = 'PUBLIC' | 'LOOPBACK';

/** How far an address may reach; null when nothing may be sent there: another scheme than https (http on this machine), or with credentials or a fragment. */
export function reachOf(address: string): AddressReach | null {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isLoopback = host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host));
  if (isLoopback) return url.protocol === 'https:' || url.protocol === 'http:' ? 'LOOPBACK' : null;
  if (url.protocol !== 'https:') return null;
  return isIP(host) === 0 || isPublicAddress(host) ? 'PUBLIC' : null;
}

/** Whether an IP address that a name was resolved to may be connected to. */
export function mayConnect(ip: string, reach: AddressReach): boolean {
  return reach === 'LOOPBACK' ? isLoopbackAddress(ip) : isPublicAddress(ip);
}

function isLoopbackAddress(ip: string): boolean {
  return isIP(ip) === 4 ? ip.startsWith('127.') : ip === '::1';
}

function isPublicAddress(ip: string): boolean {
  const version = isIP(ip);
  if (version === 4) return !NOT_PUBLIC.check(ip, 'ipv4');
  // Of version 6 only global unicast is public, without what carries or documents other addresses.
  return version === 6 && GLOBAL.check(ip, 'ipv6') && !NOT_PUBLIC.check(ip, 'ipv6');
}

const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

/** Special-purpose addresses of the IANA registries (RFC 6890 and after). */
const NOT_PUBLIC = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  NOT_PUBLIC.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const) {
  NOT_PUBLIC.addSubnet(net, prefix, 'ipv6');
}
