import { type ErrorCode, isAlias, LineCounter, parseDocument, visit } from 'yaml';

/**
 * Reads YAML. Merge keys (`<<`) are understood; what YAML only warns of, such as an unknown tag, is an error.
 * @throws Error that says what is wrong and where, and repeats nothing of the text: configuration holds
 * secrets, and its errors end in logs and tickets.
 */
export function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    merge: true,
    // `silent` would drop a second document without a word.
    logLevel: 'error',
    prettyErrors: false,
    lineCounter,
  });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `at line ${line}, column ${col}`;
  };
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Error(`${WORDS[problem.code]} ${at(problem.pos[0])}`);
  visit(document, {
    Alias(_, alias) {
      if (isAlias(alias) && alias.resolve(document) === undefined) {
        throw new Error(`${WORDS.BAD_ALIAS} ${at(alias.range?.[0] ?? 0)}`);
      }
    },
  });
  return document.toJS();
}

/** The parser's own sentences name some of the text, in some versions more than in others. */
const WORDS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'An alias takes neither tag nor anchor',
  BAD_ALIAS:
    'An alias (*name) needs an anchor (&name) before it, and a value that begins with * or & needs quotes,',
  BAD_COLLECTION_TYPE: 'A tag does not fit its value',
  BAD_DIRECTIVE: 'A directive (%) is not known; a value that begins with % needs quotes,',
  BAD_DQ_ESCAPE:
    'A backslash in double quotes begins no known escape; write \\\\, or use single quotes,',
  BAD_INDENT: 'The indentation does not fit what stands above, or a bracket there is not closed,',
  BAD_PROP_ORDER: 'Anchors and tags belong behind the indicator',
  BAD_SCALAR_START: 'A value that begins with @, ` or another reserved character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'A mapping or a list may not begin here',
  BLOCK_IN_FLOW: 'Within brackets everything must be in brackets',
  DUPLICATE_KEY: 'Map keys must be unique',
  IMPOSSIBLE: 'This is not YAML',
  KEY_OVER_1024_CHARS: 'A key has more than 1024 characters',
  MISSING_CHAR: 'A quote, bracket, comma, colon or space is missing',
  MULTILINE_IMPLICIT_KEY: 'A key must stand on one line, with its colon,',
  MULTIPLE_ANCHORS: 'A value takes one anchor',
  MULTIPLE_DOCS: 'There must be one document',
  MULTIPLE_TAGS: 'A value takes one tag',
  NON_STRING_KEY: 'A key must be text',
  RESOURCE_EXHAUSTION: 'Mappings and lists are nested too deeply',
  TAB_AS_INDENT: 'Tabs are not allowed as indentation',
  TAG_RESOLVE_FAILED: 'A tag is not known; a value that begins with ! needs quotes,',
  UNEXPECTED_TOKEN: 'Something stands here that does not belong here',
};
