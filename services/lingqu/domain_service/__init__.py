"""What the services of the domains share; it names no domain.

A domain's service is assembled in its `app.py`, in this order:

1. `settings.py`: a subclass of `DomainSettings` with the prefix `LINGQU_<DOMAIN>_`.
2. `ground = lay_foundation(settings, domain, METRICS)`: database, contracts, `ground.events`.
3. A `Noun` for everything that is declared under a key: topic, table (`statement_columns`), key.
4. `Declarations.on(ground, noun, followers)`: declare, withdraw, take batches; its `shelf` lists
   what stands and, as the handler of the topic, takes over what other regions declare. What follows
   from statements is kept by a `Follower`, in the same transaction.
5. `RecordForm(name, title, columns_of(version))` for each kind of file, and
   `Importing(ground.writing, RecordForms({form: declarations.take}), Uploads(...), ...)`.
6. `Running(ground, prepare, handlers, chores)`: relay, inbox and upkeep, from `lifespan` on;
   `prepare` runs the migrations, `forgetting` is a chore.
7. `make_domain_app(ground, running, rooms)`, the rooms being routers: `endpoints.imports`, and one
   for every noun made with `endpoints.declaring` and `endpoints.export`; `service_of(...)` is what
   `lingqu serve` starts.

Its `commands.py` is `domain_app(...)` of `commands.app`, and a listing or two.
"""
