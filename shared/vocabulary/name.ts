// Names of people, as they may be shown without a case. What a name may consist of is not decided here: a name is data.

/**
 * A name of which only initials are left: `Ахметов Канат` becomes `А***** К.`. The number of stars is always five, so that the
 * mask does not tell how long the name is; parts after the second are dropped. Empty for an empty name.
 */
export function maskName(fullName: string): string {
  const initials = fullName
    .split(/\s+/u)
    .filter((part) => part !== '')
    .map((part) => [...part][0] ?? '');
  const [family, given] = initials;
  if (family === undefined) return '';
  return given === undefined ? `${family}*****` : `${family}***** ${given}.`;
}
