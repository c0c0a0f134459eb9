// The files of the story.

export const roster = new File(
  ['Member ID,First name,Last name,E-mail\nRC-1,Ada,Abara,ada@example.org\nRC-2,Bo,Berg,bo@example.org\n'],
  'members.csv',
  { type: 'text/csv' },
);

/** Refused, as it has no rows. */
export const header = new File(['Member ID,First name,Last name,E-mail\n'], 'header.csv', { type: 'text/csv' });
