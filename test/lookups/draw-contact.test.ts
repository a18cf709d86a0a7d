import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContactDraw } from '../../src/lookups/draw-contact.ts';
import { configWith } from './sample-lookups.ts';

describe('ContactDraw', () => {
  const sex = fc.constantFrom('female' as const, 'male' as const, undefined);

  it('gives everyone their contact, whoever was drawn before', () => {
    const one = new ContactDraw(configWith({}), 'contact');
    const other = new ContactDraw(configWith({}), 'contact');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), sex), { minLength: 1 }), (people) => {
        const drawn = people.map(([number, of]) => one.draw(number, of, String(number)));
        const backwards = people.toReversed().map(([number, of]) => other.draw(number, of, String(number)));
        expect(drawn).toEqual(backwards.toReversed());
      }),
    );
  });

  it('gives other contacts under another name or seed', () => {
    const contactOf = (seed: number, name: string) => new ContactDraw(configWith({ seed }), name).draw(1, 'female', '1').mailing;
    expect(new Set([contactOf(1, 'a'), contactOf(1, 'b'), contactOf(2, 'a'), contactOf(2, 'b')]).size).toBe(4);
  });
});
