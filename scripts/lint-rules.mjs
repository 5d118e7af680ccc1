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

/** Whoever switches off a rule says why, behind two dashes. */
const reasonGiven = {
  create: (context) => ({
    Program: (node) => {
      for (const { loc, value } of context.sourceCode.getAllComments())
        if (/^\s*(?:oxlint|eslint)-disable\b/.test(value) && !/ -- \S/.test(value))
          context.report({ node, loc, message: 'Say why it is switched off: `-- the reason`.' });
    },
  }),
};

export default {
  meta: { name: 'house' },
  rules: { 'class-length': classLength, 'reason-given': reasonGiven },
};
