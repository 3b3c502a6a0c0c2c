-- Make the table that says which policies each table has; the policies themselves follow the last step.
--
-- The look-ups by share id change from SQL to PL/pgSQL in place. Servers of the previous release go on:
-- they read under the new policies what they read before, and write for nobody but their caller.

CREATE TABLE row_security (
    relation   text PRIMARY KEY,
    reads      text,
    writes     text,
    stores     text,
    reason     text,
    installed  text,
    CONSTRAINT row_security_reason_check CHECK ((reads IS NULL) = (reason IS NOT NULL))
);
