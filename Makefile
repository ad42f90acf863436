# The only place where commands are written. `make` alone builds the book.
PYTHON ?= python3
DEVICE ?= cpu
IN = .venv/bin/python
READY = .venv/ready
export TORCHBOOK_DEVICE = $(DEVICE)

.PHONY: book serve lab test lint bench launch versions twice rehearse record keep-wheels push-notebooks behind reviewed clean

book: $(READY)  ## execute and build both languages into _build/site/
	@$(IN) tools/build_book.py

serve: $(READY)  ## the same, served, and built again as you write
	@$(IN) tools/serve.py

lab: DEVICE =  # the best that is here
lab: $(READY)  ## open the pages as notebooks, in JupyterLab
	@JUPYTER_CONFIG_PATH=tools/jupyter $(IN) -m jupyterlab book

test: lint  ## everything that CI checks; DEVICE=cuda for a GPU
	@$(IN) -m pytest -n auto

lint: $(READY)  ## code, spelling in both languages, workflows
	@$(IN) -m ruff check .
	@$(IN) -m ruff format --check .
	@$(IN) -m mypy
	@$(IN) -m codespell_lib
	@$(IN) tools/spelling.py
	@$(IN) -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

bench: $(READY)  ## every claim of speed, measured here: ten minutes on a quiet machine
	@$(IN) benchmarks

launch: $(READY)  ## run every page as Binder does, in an environment of its files, with its memory
	@$(IN) -m pytest -q -s tests/every_launch.py

versions: $(READY)  ## all with the oldest and the newest torch; or TORCH="torch==2.10.*" WITH=python3.13
	@$(IN) tools/versions.py $(if $(TORCH),--torch "$(TORCH)") $(if $(WITH),--python "$(WITH)")

twice: $(READY)  ## run every page once more: whatever is not tagged `varies` must come out the same
	@$(IN) tools/twice.py

rehearse: $(READY)  ## the package's tests on a pretended GPU, where there is no real one
	@TORCHBOOK_PRETEND=1 $(IN) -m pytest -n auto $$($(IN) tools/versions.py --package-tests)

record: $(READY)  ## records/$(DEVICE).json: when each page ran on it; commit it for the site to show
	@$(IN) tools/record.py

keep-wheels: $(READY)  ## add to the site the wheels that were published before
	@$(IN) tools/publish.py keep

push-notebooks: $(READY)  ## put the site's notebooks on the branch that Colab opens
	@$(IN) tools/publish.py push

behind: $(READY)  ## Spanish paragraphs whose English has changed since they were reviewed
	@$(IN) tools/freshness.py

reviewed: $(READY)  ## record that book/es/$(PAGE).md says what book/en/$(PAGE).md says now
	@$(IN) tools/freshness.py $(PAGE)

clean:  ## remove all that was built; .venv stays
	rm -rf _build

# Made anew only when the pins, the package's own needs, or the way of making it have changed.
$(READY): requirements.txt requirements-data.txt pyproject.toml tools/setup_env.py
	@$(PYTHON) tools/setup_env.py
