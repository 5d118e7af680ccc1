-- No table changes. Statistics get rows of sums, and others go by new names, which versions before this one do not read: they must
-- not run on such a database. What there is gets them from the running program: see lib/store/usage/usage-chains.ts.
SELECT 1;
