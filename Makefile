# Two commands: `make run` and `make test`. `make help` lists the rest; tools/Makefile has what only its author runs.
PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin

# What this machine needs to run the site for itself: a key of its own, loopback names, plain HTTP.
LOCAL = SECRET_KEY="$$(cat var/secret_key)" ALLOWED_HOSTS=127.0.0.1,localhost,[::1] PLAIN_HTTP=1 SITE_URL=http://127.0.0.1:$(PORT)
SOURCE = $(LOCAL) STATIC_FROM_SOURCE=1 DEBUG=$(DEBUG)
MANAGE = $(BIN)/python manage.py
# A folder for each: what npm installs without saving it, its next installation in the same folder takes away.
NPM = npm install --no-save --no-package-lock --ignore-scripts --loglevel=error --prefix

# Installs Debian packages as root; for other users it prints which ones are missing.
define debian
{ if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; \
  else echo "Missing on this machine: $(1). Install it (on Debian or Ubuntu: sudo apt-get install $(1)), then run this again." >&2; exit 1; fi; }
endef

# Runs what is due each minute (mails are shown here when there is no mail server), for as long as the server runs.
define with_worker
$(1) $(MANAGE) run_due --every 60 & WORKER=$$!; $(1) $(2) & SERVER=$$!; trap "kill $$WORKER $$SERVER" EXIT INT TERM; wait $$SERVER
endef

.PHONY: help run serve manage backup restore test test-fast test-all stack faults bench lint format lock services outdated audit install upgrade

help:
	@echo "make run [PORT=8000] [DEBUG=0]   the site at http://127.0.0.1:PORT, with its starting content"
	@echo "make serve [PORT=8000]           the same database under gunicorn, as in production"
	@echo "make manage ARGS=\"…\"             any management command"
	@echo "make test [ARGS=tests/test_x.py] everything CI checks, on SQLite and PostgreSQL: ten minutes on two cores"
	@echo "make test-fast                   what half a minute can check: on SQLite, without a browser"
	@echo "make test-all                    every combination, on both databases: an hour"
	@echo "make stack / make faults         the whole site as in production / broken on purpose: writes docs/faults.md"
	@echo "make lint / make format          checks of form / what can be mended by itself"
	@echo "make lock / outdated / audit     requirements*.txt anew / which packages have a newer release / a known weakness"
	@echo "make backup / make restore       a copy of this machine's site, and the way back (docs/backup.md)"
	@echo "make site.env                    the file of variables for production, with new keys"
	@echo "make install / make upgrade      on a server: without containers / the next release (deploy/RUNBOOK.md)"
	@echo "make -f tools/Makefile           what measures, draws and looks: benches, mutants, screenshots, old browsers, words…"

# Errors show Django's own pages.
run: DEBUG = 1
run: .venv/run.stamp var/secret_key
	@$(SOURCE) $(MANAGE) prepare_local
	@$(call with_worker,$(SOURCE),$(MANAGE) runserver --nostatic 127.0.0.1:$(PORT))

serve: .venv/run.stamp var/secret_key var/static/staticfiles.json
	@$(LOCAL) $(MANAGE) prepare_local
	@$(call with_worker,$(LOCAL),env PORT=$(PORT) $(BIN)/gunicorn)

manage: .venv/run.stamp var/secret_key
	@$(SOURCE) $(MANAGE) $(ARGS)

# The command line alone names the copy: make restore ARGS="NAME --yes"
backup restore: .venv/run.stamp var/secret_key
	@command -v restic >/dev/null || $(call debian,restic)
	@$(SOURCE) $(MANAGE) $@ $(ARGS)

# On all cores.
test test-all test-fast: export PYTEST_ADDOPTS = -n auto --dist loadgroup
# Where a machine forbids it, each process compiles all tests anew: four seconds.
test test-all test-fast: export PYTHONDONTWRITEBYTECODE =

# On PostgreSQL, those whose SQL differs there.
test: .venv/dev.stamp services
	@tests/with_postgres tests/on_both "not exhaustive" "postgresql and not exhaustive" $(ARGS)
	@$(MAKE) --no-print-directory lint

test-all: .venv/dev.stamp services var/static/staticfiles.json
	@tests/with_postgres tests/on_both "" "django_db" --hypothesis-profile=exhaustive $(ARGS)
	@$(MAKE) --no-print-directory lint

# What took under a tenth of a second in the last run; tests/conftest.py records how long each took.
test-fast: .venv/dev.stamp
	@[ -f var/test-durations.json ] || echo "No test has been timed here yet: all of them run, and the next time those that are fast."
	@$(BIN)/pytest -m "not browser and not exhaustive" --fast $(ARGS)
	@$(MAKE) --no-print-directory lint

stack: .venv/dev.stamp services var/static/staticfiles.json
	@tests/with_postgres $(BIN)/pytest -m "exhaustive or not exhaustive" tests/operations/test_stack.py $(ARGS)

faults: .venv/dev.stamp var/secret_key services
	@tests/with_postgres $(BIN)/pytest -p no:randomly $(or $(ARGS),tools/faults.py tools/faults_of_defaults.py)

# Asks a database of known weaknesses on another host, which a machine may not reach.
audit: .venv/dev.stamp
	@$(BIN)/python -c "import pip_audit" 2>/dev/null || $(BIN)/pip install -q --disable-pip-version-check pip-audit==2.10.1
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.txt -r requirements-dev.txt \
	  || { echo "A weakness is known (a table above names it), or the database of them could not be asked from this machine." >&2; exit 1; }

lint: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check

format: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0 $(BIN)/djade --target-version 5.2

# What the tests need beside Python packages: a browser, a database server, a front server, the checker of HTML.
VNU = .venv/node_modules/vnu-jar/build/dist/vnu.jar
services:
	@command -v chromium >/dev/null || [ -n "$$CHROMIUM" ] || $(call debian,chromium fonts-liberation fonts-dejavu-core)
	@command -v pg_virtualenv >/dev/null || command -v initdb >/dev/null || [ -n "$$TEST_DATABASE_URL" ] || $(call debian,postgresql postgresql-common)
	@[ -f /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ] || $(call debian,nginx-light libnginx-mod-http-brotli-static openssl)
	@command -v java >/dev/null || $(call debian,default-jre-headless)
	@command -v restic >/dev/null || $(call debian,restic)
	@command -v npm >/dev/null || $(call debian,npm)
	@[ -f $(VNU) ] || $(NPM) .venv vnu-jar@26.9.27

ifeq ($(firstword $(MAKEFILE_LIST)),Makefile)
bench:
	@$(MAKE) --no-print-directory -f tools/Makefile bench
endif

lock: .venv/dev.stamp
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" --group dev pyproject.toml -o requirements-dev.txt

# On a server: see deploy/RUNBOOK.md.
install:
	@deploy/install

upgrade:
	@before=$$(git rev-parse --short HEAD); git pull --quiet --ff-only --autostash && deploy/upgrade; done=$$?; \
  echo "To go back to the release before: git reset --keep $$before && deploy/upgrade"; exit $$done

# Which packages have a newer release. To take them: their ranges in pyproject.toml, then make lock, make test.
outdated: .venv/dev.stamp
	@$(BIN)/pip list --disable-pip-version-check --outdated

# For production: the keys are made here, and what this machine is to be is filled in by hand. The image's user may read it.
site.env:
	@umask 077; key() { head -c 48 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'; }; \
	  sed -e "s|^SECRET_KEY=.*|SECRET_KEY=$$(key)|" -e "s|^#BACKUP_KEY=.*|BACKUP_KEY=$$(key)|" \
  -e 's|^#BEHIND_PROXY=.*|BEHIND_PROXY=1|' -e 's|^#DATABASE_URL=.*|DATABASE_URL=postgres://regie@%2Fvar%2Frun%2Fpostgresql/regie|' site.env.example > $@
	@[ "$$(id -u)" != 0 ] || chown $$(sed -n 's/^USER //p' Dockerfile) $@
	@echo "Fill in site.env, and write BACKUP_KEY on paper: without it nobody can read a copy of the site."

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version 2>&1). Name another with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call debian,python3-venv)
	@$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements.txt
	@echo "Installing what the site needs (about half a minute)…"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: .venv/bin/python requirements-dev.txt
	@echo "Installing what the tests need…"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run.stamp

var/secret_key:
	@umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@

var/static/staticfiles.json: .venv/run.stamp $(shell find static -type f) var/secret_key
	@echo "Collecting and compressing static files…"
	@$(LOCAL) $(MANAGE) collectstatic --noinput -v 0
	@touch $@
