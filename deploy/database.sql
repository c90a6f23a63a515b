-- The database of the site, once, as PostgreSQL's administrator. Its own account is no administrator.
SELECT 'CREATE ROLE regie LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'regie') \gexec
CREATE DATABASE regie OWNER regie ENCODING 'UTF8' TEMPLATE template0;
