import type { AnyDesc, DescFile } from '@bufbuild/protobuf';
import { getComments } from '@bufbuild/protoplugin';

type Documented = Exclude<AnyDesc, DescFile>;

/**
 * The contract's comment on something as a JSDoc block, one line where it fits; nothing where there is
 * neither a comment nor a deprecation.
 */
export function docComment(of: Documented, indentation = ''): string {
  return formatDocComment(commentText(of), 'deprecated' in of && of.deprecated, indentation);
}

export function formatDocComment(text: string, deprecated: boolean, indentation: string): string {
  const lines = text === '' ? [] : text.split('\n');
  if (deprecated) lines.push('@deprecated');
  // A comment that quotes a comment must not end ours.
  const safe = lines.map((line) => line.replaceAll('*/', '*\\/'));
  const [only] = safe;
  if (only === undefined) return '';
  if (safe.length === 1) return `${indentation}/** ${only} */\n`;
  const body = safe.map((line) => `${indentation} * ${line}`.trimEnd());
  return `${indentation}/**\n${body.join('\n')}\n${indentation} */\n`;
}

/** Leading and trailing comment, without what is addressed to the linter. */
function commentText(of: Documented): string {
  const { leading = '', trailing = '' } = getComments(of);
  return [leading, trailing]
    .map((text) =>
      text
        .split('\n')
        .filter((line) => !line.trimStart().startsWith('buf:lint:'))
        .map((line) => line.replace(/^ /, '').trimEnd())
        .join('\n')
        .trim(),
    )
    .filter((text) => text !== '')
    .join('\n\n');
}
