// Rules for oxlint, beside those that it has itself.

/** A class of more lines than this has a reason beside it. */
const LINES_MAX = 200;

const classLength = {
  create: (context) => {
    const check = (node) => {
      const { start, end } = node.loc;
      const lines = end.line - start.line + 1;
      if (lines > LINES_MAX)
        context.report({
          node: node.id ?? node,
          message: `A class of ${lines} lines, of at most ${LINES_MAX}.`,
        });
    };
    return { ClassDeclaration: check, ClassExpression: check };
  },
};

/** A comment that switches off a rule says why, behind two dashes. */
const reasonGiven = {
  create: (context) => ({
    Program: (node) => {
      for (const { loc, value } of context.sourceCode.getAllComments())
        if (/^\s*(?:oxlint|eslint)-disable\b/.test(value) && !/ -- \S/.test(value))
          context.report({ node, loc, message: 'Say why it is switched off: `-- the reason`.' });
    },
  }),
};

const COLUMNS_MAX = 120;

/** Prettier wraps code, and leaves comments as they are. */
const commentWidth = {
  create: (context) => ({
    Program: () => {
      for (const { loc, value } of context.sourceCode.getAllComments())
        value.split('\n').forEach((text, index) => {
          // The first line also holds the code before it and the comment's own marks.
          const width = text.length + (index === 0 ? loc.start.column + 2 : 0);
          if (width > COLUMNS_MAX)
            context.report({ loc, message: `A comment of ${width} columns, of at most ${COLUMNS_MAX}.` });
        });
    },
  }),
};

export default {
  meta: { name: 'house' },
  rules: { 'class-length': classLength, 'comment-width': commentWidth, 'reason-given': reasonGiven },
};
