// A rule for oxlint: a class of more lines than this has a reason beside it.
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

export default { meta: { name: 'house' }, rules: { 'class-length': classLength } };
