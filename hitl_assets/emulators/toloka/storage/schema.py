"""The tables of the state on disk: those of the first format, and what each later format changed.

A new state takes the same steps as an old one, so both end with the same tables. A format that was released is never
edited: what changes is a step at the end of CHANGES.
"""

TABLES = """
CREATE TABLE account (balance TEXT NOT NULL, held TEXT NOT NULL);
CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE projects (id TEXT PRIMARY KEY, status TEXT NOT NULL, created TEXT NOT NULL, form TEXT NOT NULL);
CREATE TABLE pools (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, project_id TEXT NOT NULL, training_id TEXT, status TEXT NOT NULL,
    last_close_reason TEXT, created TEXT NOT NULL, last_started TEXT, last_stopped TEXT,
    priority INTEGER NOT NULL, tasks_added REAL, done_since REAL, reopen_at REAL, form TEXT NOT NULL
);
CREATE INDEX pools_by_status ON pools (status, type);
CREATE INDEX pools_by_project ON pools (project_id, id);
CREATE INDEX pools_by_training ON pools (training_id);
CREATE TABLE tasks (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL, kind TEXT NOT NULL, place INTEGER NOT NULL,
    overlap INTEGER, remaining INTEGER, restricted INTEGER NOT NULL, created TEXT NOT NULL, form TEXT NOT NULL
);
CREATE INDEX tasks_by_pool ON tasks (pool_id, id);
CREATE INDEX tasks_to_issue ON tasks (pool_id, kind, place) WHERE remaining IS NULL OR remaining > 0;
CREATE TABLE assignments (
    id TEXT PRIMARY KEY, task_suite_id TEXT NOT NULL, pool_id TEXT NOT NULL, project_id TEXT NOT NULL,
    user_id TEXT NOT NULL, status TEXT NOT NULL, reward TEXT NOT NULL, held TEXT NOT NULL, paid TEXT NOT NULL,
    created TEXT NOT NULL, submitted TEXT, accepted TEXT, rejected TEXT, skipped TEXT, expired TEXT,
    public_comment TEXT, seconds REAL, finished INTEGER, deadline REAL, review_by REAL
);
CREATE UNIQUE INDEX assignments_by_suite ON assignments (task_suite_id);
CREATE INDEX assignments_by_pool ON assignments (pool_id, id);
CREATE INDEX assignments_by_pool_status ON assignments (pool_id, status, id);
CREATE INDEX assignments_by_submission ON assignments (pool_id, submitted);
CREATE INDEX assignments_by_user ON assignments (user_id, pool_id, finished);
CREATE INDEX assignments_active ON assignments (deadline) WHERE status = 'ACTIVE';
CREATE INDEX assignments_in_review ON assignments (review_by) WHERE status = 'SUBMITTED';
CREATE TABLE answers (
    assignment_id TEXT NOT NULL, position INTEGER NOT NULL, task_id TEXT NOT NULL, user_id TEXT NOT NULL,
    pool_id TEXT NOT NULL, kind TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 1, first_output TEXT, output TEXT,
    correct REAL, votes INTEGER, top_votes INTEGER, finished INTEGER,
    PRIMARY KEY (assignment_id, position)
) WITHOUT ROWID;
CREATE INDEX answers_by_task ON answers (task_id, user_id, seen);
CREATE INDEX answers_by_user ON answers (user_id, pool_id, finished);
CREATE TABLE operations (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, status TEXT NOT NULL, submitted TEXT NOT NULL, started TEXT,
    finished TEXT, parameters TEXT NOT NULL, details TEXT NOT NULL, log TEXT NOT NULL
);
CREATE INDEX operations_by_time ON operations (submitted, id);
CREATE TABLE restrictions (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, scope TEXT NOT NULL, project_id TEXT, pool_id TEXT,
    private_comment TEXT, will_expire TEXT, created TEXT NOT NULL
);
CREATE INDEX restrictions_by_user ON restrictions (user_id);
CREATE TABLE skills (id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL, form TEXT NOT NULL);
CREATE TABLE user_skills (
    id TEXT PRIMARY KEY, skill_id TEXT NOT NULL, user_id TEXT NOT NULL, exact_value TEXT NOT NULL,
    created TEXT NOT NULL, modified TEXT NOT NULL, UNIQUE (user_id, skill_id)
);
CREATE TABLE training_results (
    training_id TEXT NOT NULL, user_id TEXT NOT NULL, value REAL NOT NULL, until REAL,
    PRIMARY KEY (training_id, user_id)
) WITHOUT ROWID;
CREATE TABLE workers (user_id TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE seats (
    seat INTEGER PRIMARY KEY, due REAL, number INTEGER, assignment_id TEXT, misses INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX seats_by_due ON seats (due, seat);
"""

SUITES_BY_HAND = """
CREATE TABLE suites (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL, issuing_order REAL NOT NULL, place INTEGER NOT NULL,
    overlap INTEGER, remaining INTEGER, restricted INTEGER NOT NULL, created TEXT NOT NULL, form TEXT NOT NULL
);
CREATE INDEX suites_by_pool ON suites (pool_id, id);
CREATE INDEX suites_to_issue ON suites (pool_id, issuing_order DESC, place) WHERE remaining IS NULL OR remaining > 0;
ALTER TABLE tasks ADD COLUMN suite_id TEXT;
CREATE INDEX tasks_by_suite ON tasks (suite_id, id) WHERE suite_id IS NOT NULL;
CREATE INDEX tasks_with_solutions ON tasks (pool_id) WHERE kind != 'REAL';
DROP INDEX assignments_by_suite;
CREATE INDEX assignments_by_suite ON assignments (task_suite_id, user_id);
ALTER TABLE pools ADD COLUMN specification TEXT;
"""

FAULTS_ON_DEMAND = """
CREATE TABLE faults (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, rule TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    fired INTEGER NOT NULL DEFAULT 0, interval REAL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE late_answers (
    assignment_id TEXT PRIMARY KEY, outputs TEXT NOT NULL, seconds REAL NOT NULL, delay REAL NOT NULL, due REAL
) WITHOUT ROWID;
"""

PAYING_AND_AGGREGATING = """
CREATE TABLE bonuses (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, assignment_id TEXT, paid TEXT NOT NULL, private_comment TEXT,
    created TEXT NOT NULL, form TEXT NOT NULL
);
CREATE INDEX bonuses_by_user ON bonuses (user_id, id);
CREATE INDEX bonuses_by_assignment ON bonuses (assignment_id, id);
CREATE INDEX bonuses_by_comment ON bonuses (private_comment, id);
CREATE TABLE aggregates (
    operation_id TEXT NOT NULL, task_id TEXT NOT NULL, pool_id TEXT NOT NULL, confidence REAL NOT NULL,
    output TEXT NOT NULL, PRIMARY KEY (operation_id, task_id)
) WITHOUT ROWID;
CREATE TABLE profiles (user_id TEXT PRIMARY KEY, profile TEXT NOT NULL) WITHOUT ROWID;
"""

FILES = """
CREATE TABLE attachments (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, pool_id TEXT NOT NULL, assignment_id TEXT NOT NULL, user_id TEXT NOT NULL,
    name TEXT NOT NULL, media_type TEXT NOT NULL, created TEXT NOT NULL
);
CREATE INDEX attachments_by_pool ON attachments (pool_id, id);
CREATE INDEX attachments_by_assignment ON attachments (assignment_id, id);
CREATE TABLE attachment_contents (id TEXT PRIMARY KEY, content BLOB NOT NULL);
"""

# Triggers write the events, so that they are in the transaction of whatever changes a status, and none is forgotten.
WEBHOOKS = """
CREATE TABLE webhook_subscriptions (
    id TEXT PRIMARY KEY, webhook_url TEXT NOT NULL, event_type TEXT NOT NULL, pool_id TEXT NOT NULL, secret_key TEXT,
    created TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0,
    UNIQUE (pool_id, event_type, webhook_url)
);
CREATE TABLE webhook_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, subscription_id TEXT NOT NULL, time TEXT NOT NULL, fields TEXT NOT NULL
);
CREATE INDEX webhook_events_by_subscription ON webhook_events (subscription_id, id);
CREATE TRIGGER tell_created AFTER INSERT ON assignments BEGIN
    INSERT INTO webhook_events (subscription_id, time, fields)
    SELECT id, NEW.created, json_object(
        'project_id', NEW.project_id, 'task_suite_id', NEW.task_suite_id, 'assignment_id', NEW.id, 'type', event_type
    ) FROM webhook_subscriptions WHERE pool_id = NEW.pool_id AND event_type = 'ASSIGNMENT_CREATED'; END;
CREATE TRIGGER tell_changed AFTER UPDATE OF status ON assignments WHEN NEW.status != OLD.status BEGIN
    INSERT INTO webhook_events (subscription_id, time, fields)
    SELECT id, CASE NEW.status WHEN 'SUBMITTED' THEN NEW.submitted WHEN 'ACCEPTED' THEN NEW.accepted
        WHEN 'REJECTED' THEN NEW.rejected WHEN 'SKIPPED' THEN NEW.skipped ELSE NEW.expired END, json_object(
        'project_id', NEW.project_id, 'task_suite_id', NEW.task_suite_id, 'assignment_id', NEW.id, 'type', event_type
    ) FROM webhook_subscriptions WHERE pool_id = NEW.pool_id AND event_type =
    CASE NEW.status WHEN 'ACCEPTED' THEN 'ASSIGNMENT_APPROVED' ELSE 'ASSIGNMENT_' || NEW.status END; END;
CREATE TRIGGER tell_closed AFTER UPDATE OF status ON pools WHEN NEW.status = 'CLOSED' AND OLD.status != 'CLOSED' BEGIN
    INSERT INTO webhook_events (subscription_id, time, fields)
    SELECT id, NEW.last_stopped, json_object(
        'project_id', NEW.project_id, 'close_reason', NEW.last_close_reason, 'type', event_type
    ) FROM webhook_subscriptions WHERE pool_id = NEW.id AND event_type = 'POOL_CLOSED'; END;
"""

MESSAGES = """
CREATE TABLE threads (
    id TEXT PRIMARY KEY, parent_id TEXT, answerable INTEGER NOT NULL, created TEXT NOT NULL, users TEXT NOT NULL,
    form TEXT NOT NULL
);
CREATE INDEX threads_by_parent ON threads (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE messages (
    thread_id TEXT NOT NULL, number INTEGER NOT NULL, author_id TEXT NOT NULL, created TEXT NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (thread_id, number)
) WITHOUT ROWID;
CREATE TABLE thread_folders (
    thread_id TEXT NOT NULL, folder TEXT NOT NULL, PRIMARY KEY (thread_id, folder)
) WITHOUT ROWID;
CREATE INDEX thread_folders_by_folder ON thread_folders (folder, thread_id);
"""

PEOPLE = """
CREATE TABLE people (user_id TEXT PRIMARY KEY, profile TEXT NOT NULL, created TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE first_tries (assignment_id TEXT PRIMARY KEY, outputs TEXT NOT NULL) WITHOUT ROWID;
"""

RULES_IN_FULL = """
ALTER TABLE pools ADD COLUMN issued INTEGER NOT NULL DEFAULT 0;
UPDATE pools SET issued = (SELECT COUNT(*) FROM assignments WHERE pool_id = pools.id);
CREATE INDEX pools_watching_users ON pools (id) WHERE instr(form, '"USERS_ASSESSMENT"') > 0;
CREATE INDEX projects_watching_users ON projects (id) WHERE instr(form, '"USERS_ASSESSMENT"') > 0;
ALTER TABLE tasks ADD COLUMN checkpoint INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assignments ADD COLUMN reissued INTEGER NOT NULL DEFAULT 0;
CREATE TABLE histories (
    user_id TEXT NOT NULL, collector TEXT NOT NULL, pool_id TEXT, restriction_id TEXT, since INTEGER NOT NULL,
    effective REAL
);
CREATE INDEX histories_by_user ON histories (user_id, collector);
CREATE TABLE experience (
    user_id TEXT NOT NULL, pool_id TEXT NOT NULL, kind TEXT NOT NULL, hour REAL NOT NULL, tasks INTEGER NOT NULL,
    PRIMARY KEY (user_id, pool_id, kind, hour)
) WITHOUT ROWID;
CREATE TABLE completions (pool_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (pool_id, user_id)) WITHOUT ROWID;
CREATE TABLE captchas (
    user_id TEXT NOT NULL, pool_id TEXT NOT NULL, finished INTEGER NOT NULL, position INTEGER NOT NULL,
    solved INTEGER NOT NULL, PRIMARY KEY (user_id, pool_id, finished, position)
) WITHOUT ROWID;
CREATE INDEX answers_graded ON answers (user_id, pool_id, finished, position, kind, correct) WHERE correct IS NOT NULL;
CREATE INDEX answers_voted ON answers (user_id, pool_id, finished, position, votes, top_votes) WHERE votes IS NOT NULL;
DROP INDEX assignments_by_user;
CREATE INDEX assignments_by_user ON assignments (user_id, pool_id, finished, status, seconds, accepted, reward);
"""

SIMULATED_TIME = """
CREATE TABLE simulated_time (moment REAL NOT NULL);
ALTER TABLE assignments ADD COLUMN reviewed_at REAL;
ALTER TABLE restrictions ADD COLUMN ends REAL;
DROP INDEX assignments_by_user;
CREATE INDEX assignments_by_user ON assignments (user_id, pool_id, finished, status, seconds, reviewed_at, reward);
"""

CLOSING_LATER = """
ALTER TABLE pools ADD COLUMN done_at REAL;
"""

SIMULATED_PEOPLE = """
ALTER TABLE assignments ADD COLUMN simulated TEXT;
"""

CAUSES_OF_BANS = """
ALTER TABLE restrictions ADD COLUMN cause TEXT;
"""

CHANGES = (
    SUITES_BY_HAND, FAULTS_ON_DEMAND, PAYING_AND_AGGREGATING, FILES, WEBHOOKS, MESSAGES, PEOPLE, RULES_IN_FULL,
    SIMULATED_TIME, CLOSING_LATER, SIMULATED_PEOPLE, CAUSES_OF_BANS,
)  # fmt: skip
# An older program does not read what a newer one wrote.
FORMAT = 1 + len(CHANGES)
