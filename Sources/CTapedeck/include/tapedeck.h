/* The C interface of Tapedeck: tapes, and sessions that are driven from outside.
 *
 * Handles are opaque and belong to the caller, who closes each once. Arrays belong to the caller
 * too: the library writes into them, and keeps no pointer to them beyond a call. A function that
 * can fail returns a status and, where it is not TD_OK, says why in `error` (which may be NULL);
 * the handle is then as it was before. One handle serves one thread at a time: a second one is
 * turned away with TD_BUSY. Text is UTF-8 and ends with a zero.
 */
#ifndef TAPEDECK_H
#define TAPEDECK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever a function or struct of this header changes its meaning. */
#define TD_VERSION 5

typedef enum td_status {
  TD_OK = 0,
  TD_REFUSED = 1,  /* an argument makes no sense */
  TD_TROUBLE = 2,  /* a file cannot be read or written, or is damaged */
  TD_FINISHED = 3, /* the session ended: reset it first */
  TD_BUSY = 4,     /* another thread is inside of this handle */
} td_status;

typedef struct td_error {
  char message[1024];
} td_error;

/* The TD_VERSION that the library was built with. */
uint32_t td_version(void);

/* Runs a command line as `tapedeck` does, without the program's name, and returns its exit status.
 * It takes over signals and standard streams: run it in a process of its own. */
int32_t td_main(int32_t count, const char *const *arguments);

/* --- Sessions that are driven from outside --- */

/* N sessions of one scenario, stepped together. */
typedef struct td_sessions td_sessions;
/* A moment of one session. */
typedef struct td_snapshot td_snapshot;

typedef enum td_actions {
  TD_DISCRETE = 0, /* one number: 0 wait, 1 buy, 2 sell, 3 bid, 4 ask, 5 quote both, 6 cancel;
                      who speaks: 7 more to say "up" beside, 14 more to say "down" */
  TD_QUOTES = 1,   /* four of -1 to 1: distance of bid and ask, size of bid and ask; with features,
                      or who speaks, a fifth: what to take; who speaks a sixth: what to say */
} td_actions;

typedef enum td_observations {
  TD_FIELDS = 0,   /* what is written for people: time left, gain, inventory, ... and signals */
  TD_FEATURES = 1, /* what a policy sees in the agent's place; it acts as a policy does */
} td_observations;

typedef struct td_settings {
  const char *scenario;           /* path of a TOML file */
  const char *scenario_text;      /* the scenario itself, which `scenario` then only names; or NULL */
  const char *const *agents;      /* names of the agents that are driven */
  size_t agent_count;
  const char *const *signals;     /* names of processes whose values they see */
  size_t signal_count;
  const char *instrument;         /* what they trade; NULL for the first */
  int32_t actions;                /* td_actions */
  int32_t resets;                 /* 1: a step on a session that ended resets it instead */
  int64_t quantity;               /* lots of an order */
  int64_t maximum_inventory;      /* lots either way that they do not trade beyond */
  int64_t half_spread;            /* usual distance of a quote, in price increments */
  double inventory_penalty;       /* taken off a reward for holding the maximum, by the square */
  size_t sessions;                /* how many */
  size_t threads;                 /* how many step them; results do not depend on it */
  uint64_t seed;                  /* of the first session; the others' follow from it */
  int32_t observations;           /* td_observations */
  int32_t heeds_signals;          /* 1: with features, signals that others send are seen */
  const char *signal_to;          /* agent, or topic:NAME, that is told what they say; NULL: nobody */
  const char *pair;               /* with features, the instrument held against the first; NULL: none */
  int64_t pair_quantity;          /* lots of it that stand against `quantity` lots; 0: as many */
} td_settings;

typedef struct td_shape {
  size_t sessions, agents, observation_width, action_width;
  int64_t horizon; /* ticks */
} td_shape;

td_status td_open(const td_settings *settings, td_sessions **out, td_error *error);
void td_close(td_sessions *sessions);
td_status td_describe(const td_sessions *sessions, td_shape *out);

/* Begins an episode in every session whose `mask` is not 0 (NULL: all). With `seeds`, one for each
 * session, noise starts from them; without, it follows from the seed given last.
 * `observations` has sessions x agents x observation_width numbers, or is NULL. */
td_status td_reset(td_sessions *sessions, const uint64_t *seeds, const uint8_t *mask,
                   float *observations, td_error *error);

/* Steps every session: `actions` has sessions x agents x action_width numbers; `rewards` sessions x
 * agents; `finished` one for each session, 1 where it ended. */
td_status td_step(td_sessions *sessions, const float *actions, float *observations,
                  double *rewards, uint8_t *finished, td_error *error);

/* Writes the current tick, and the digest of the whole state, of each session; either may be NULL. */
td_status td_state(td_sessions *sessions, int64_t *ticks, uint64_t *digests, td_error *error);

/* Keeps a moment of one session; sessions of the same settings may go back to it. */
td_status td_snapshot_take(td_sessions *sessions, size_t session, td_snapshot **out,
                           td_error *error);
td_status td_snapshot_restore(td_sessions *sessions, size_t session, const td_snapshot *snapshot,
                              float *observations, td_error *error);
/* The bytes of the state that it holds, written out canonically. */
size_t td_snapshot_size(const td_snapshot *snapshot);
void td_snapshot_free(td_snapshot *snapshot);

/* Makes a handle of its own with one session that goes on from here. With `interventions`, the text
 * of an interventions file, it is a fork from the beginning of the current tick on; with NULL it is
 * the same session once more. */
td_status td_fork(td_sessions *sessions, size_t session, const char *interventions,
                  td_sessions **out, td_error *error);

/* Writes one session's episode so far as a tape: of a fork with interventions, only what came after
 * the fork; its parent's tape is that of the session that it was cut from. */
td_status td_record(td_sessions *sessions, size_t session, const char *path, int32_t force,
                    td_error *error);

/* --- One session, some of whose agents the caller decides for --- */

/* The lines are those of AGENTS.md, the same as a program reads and writes. */
typedef struct td_conversation td_conversation;

/* Opens a session; `text` as in td_settings. Recorded flows are looked for beside `scenario`. */
td_status td_conversation_open(const char *scenario, const char *text, uint64_t seed,
                               const char *const *agents, size_t agent_count,
                               td_conversation **out, td_error *error);
void td_conversation_close(td_conversation *conversation);
/* The first line to an agent, by its position among those named. Lines that come out of these two
 * functions live until the next call with this handle. */
td_status td_conversation_hello(td_conversation *conversation, size_t agent, const char **line,
                                td_error *error);
/* Runs on to the next turn of one of the agents and tells which one's it is; -1 at the end, where
 * `line` is NULL; and -2 every so many events, so that a caller hears signals: call it again. A turn
 * that was not answered yet is told again. */
td_status td_conversation_next(td_conversation *conversation, int32_t *agent, const char **line,
                               td_error *error);
/* Takes the turn that waits. An answer that is none is refused as a whole, and may be given anew. */
td_status td_conversation_answer(td_conversation *conversation, const char *line, td_error *error);
/* The tick of the latest event, and the digest of the whole state; either may be NULL. */
td_status td_conversation_state(td_conversation *conversation, int64_t *tick, uint64_t *digest,
                                td_error *error);
/* Writes the session so far as a tape, which is sealed once the session ended. */
td_status td_conversation_record(td_conversation *conversation, const char *path, int32_t force,
                                 td_error *error);

/* --- Tapes --- */

typedef struct td_tape td_tape;

/* Fields of an event. */
#define TD_FIELDS 16

/* Columns of events; each has room for as many as were asked for. */
typedef struct td_columns {
  int64_t *sequence;
  int64_t *time;   /* ns */
  int64_t *cause;  /* the sequence number of what caused it; -1 for nothing */
  uint8_t *kind;
  int64_t *fields; /* TD_FIELDS for each event; those of its kind first, the rest 0 */
} td_columns;

/* Opens a tape with its parents: found as the command line finds them. One that is damaged or ends too
 * early is refused unless `damaged` is 1: then what is left of it is read. */
td_status td_tape_open(const char *path, int32_t damaged, td_tape **out, td_error *error);
void td_tape_close(td_tape *tape);
/* How many events it has, those shared with parents included. */
int64_t td_tape_count(const td_tape *tape);
/* What the tape says of itself as one JSON object: {"kinds": [{"kind": 1, "name": ..., "fields":
 * [...]}, ...], "agents": [names], "instruments": [names], "processes": [names], "scenario": ...,
 * "seed": ..., "status": "sealed", "open", ..., "start": ns, "tick_length": ns}. The text lives as long as the handle. */
const char *td_tape_schema(const td_tape *tape);
/* Reads the next events, at most `capacity`, and returns how many in `count`; 0 at the end. */
td_status td_tape_read(td_tape *tape, td_columns columns, size_t capacity, size_t *count,
                       td_error *error);

#ifdef __cplusplus
}
#endif

#endif
