/** The form of a text in which it is searched: without regard to case, composed. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase()
