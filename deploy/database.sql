-- The database of the site, once, as PostgreSQL's administrator. Its own account is no administrator.
CREATE ROLE regie LOGIN;
CREATE DATABASE regie OWNER regie ENCODING 'UTF8' TEMPLATE template0;
