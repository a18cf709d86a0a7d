// What to type to do something: command lines to show to people.

/** Options that are undefined or off are left out. */
export function commandLine(
  name: string,
  options: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const words = Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${option}`];
    return [value].flat().map((one) => `--${option} ${quote(String(one))}`);
  });
  return ['npx ecomlake', name, ...words].join(' ');
}

/** As a shell takes it for one word. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
