/*
 * A test double of wintun.dll (the API of Wintun 0.14): adapters by name, a session with two rings, the read-wait event, the error codes.
 * Packets come from and go to the test through the double_* functions. In a program that knows nothing of tests they come from a file
 * and go to a file, each packet with its length as 4 bytes, little end first, before it:
 *   WINTUN_DOUBLE_IN   packets for the program to receive, once a session runs
 *   WINTUN_DOUBLE_OUT  where the packets go that the program sends
 * Like the real one it does not check the size of a packet to send: it notes the largest that was asked for.
 */
#include "platform.h"

#define MAX_ADAPTERS 16
#define MAX_NAME 128

struct packet {
    struct packet *next;
    DWORD size;
    BYTE data[];
};

struct queue { struct packet *first, *last; DWORD bytes; };

struct adapter {
    WCHAR name[MAX_NAME];
    GUID guid;
    BOOL there, open, preexisting, foreign, held;
    struct session *session;
    uint64_t luid;
};

struct session {
    struct adapter *adapter;
    DWORD capacity;
    HANDLE readable;
    struct queue to_program, to_host;
    struct packet *lent;
    BOOL closing, corrupt;
    FILE *out;
};

typedef void(CALLBACK *logger_t)(int level, uint64_t timestamp, const WCHAR *message);

static lock_t gate;
static struct adapter adapters[MAX_ADAPTERS];
static logger_t logger;
static DWORD largest_asked;
static int hidden_opens, failing_creates, failing_code;
static BOOL without_event;

static void init(void)
{
    static BOOL done;
    if (!done) {
        LOCK_INIT(&gate);
        done = TRUE;
    }
}

#ifdef _WIN32
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)instance, (void)reserved;
    if (reason == DLL_PROCESS_ATTACH)
        init();
    return TRUE;
}
#else
__attribute__((constructor)) static void on_load(void) { init(); }
#endif

static BOOL same(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static struct adapter *find(const WCHAR *name)
{
    for (int i = 0; i < MAX_ADAPTERS; i++)
        if (adapters[i].there && same(adapters[i].name, name))
            return &adapters[i];
    return NULL;
}

static struct adapter *add(const WCHAR *name)
{
    for (int i = 0; i < MAX_ADAPTERS; i++) {
        if (!adapters[i].there) {
            struct adapter *a = &adapters[i];
            memset(a, 0, sizeof *a);
            for (int c = 0; c < MAX_NAME - 1 && name[c]; c++)
                a->name[c] = name[c];
            a->there = TRUE;
            a->luid = 0x0035000000000000ull + ((uint64_t)(i + 1) << 24);
            return a;
        }
    }
    return NULL;
}

static void put(struct queue *queue, const BYTE *data, DWORD size)
{
    struct packet *packet = malloc(sizeof *packet + size);
    packet->next = NULL;
    packet->size = size;
    memcpy(packet->data, data, size);
    if (queue->last)
        queue->last->next = packet;
    else
        queue->first = packet;
    queue->last = packet;
    queue->bytes += size;
}

static struct packet *take(struct queue *queue)
{
    struct packet *packet = queue->first;
    if (packet) {
        queue->first = packet->next;
        queue->bytes -= packet->size;
        if (!queue->first)
            queue->last = NULL;
    }
    return packet;
}

static void log_line(int level, const char *text)
{
    WCHAR wide[256];
    int i = 0;
    for (; text[i] && i < 255; i++)
        wide[i] = (WCHAR)text[i];
    wide[i] = 0;
    if (logger)
        logger(level, 0, wide);
}

EXPORT HANDLE WINAPI WintunCreateAdapter(const WCHAR *name, const WCHAR *type, const GUID *guid)
{
    struct adapter *a;
    (void)type;
    LOCK(&gate);
    if (failing_creates > 0) {
        failing_creates--;
        UNLOCK(&gate);
        FAIL_WITH(failing_code);
        return NULL;
    }
    a = find(name);
    if (a) {
        UNLOCK(&gate);
        log_line(2, "double: the name is taken");
        FAIL_WITH(ERROR_ALREADY_EXISTS);
        return NULL;
    }
    a = add(name);
    if (a) {
        a->guid = *guid;
        a->open = TRUE;
    }
    UNLOCK(&gate);
    log_line(0, "double: adapter made");
    if (!a)
        FAIL_WITH(ERROR_ACCESS_DENIED);
    return a;
}

EXPORT HANDLE WINAPI WintunOpenAdapter(const WCHAR *name)
{
    struct adapter *a;
    LOCK(&gate);
    a = hidden_opens > 0 ? NULL : find(name);
    hidden_opens -= hidden_opens > 0;
    if (a && !a->foreign)
        a->open = TRUE;
    UNLOCK(&gate);
    if (!a || a->foreign) {
        FAIL_WITH(ERROR_NOT_FOUND);
        return NULL;
    }
    return a;
}

EXPORT void WINAPI WintunCloseAdapter(HANDLE adapter)
{
    struct adapter *a = adapter;
    LOCK(&gate);
    a->open = FALSE;
    a->there = a->preexisting;
    UNLOCK(&gate);
}

EXPORT void WINAPI WintunGetAdapterLUID(HANDLE adapter, uint64_t *luid) { *luid = ((struct adapter *)adapter)->luid; }

EXPORT DWORD WINAPI WintunGetRunningDriverVersion(void) { return 14; }

EXPORT void WINAPI WintunSetLogger(logger_t new_logger) { logger = new_logger; }

static void read_file(struct session *session, const char *path)
{
    FILE *file = fopen(path, "rb");
    BYTE head[4];
    while (file && fread(head, 1, 4, file) == 4) {
        DWORD size = head[0] | head[1] << 8 | head[2] << 16 | (DWORD)head[3] << 24;
        BYTE *data = malloc(size ? size : 1);
        if (fread(data, 1, size, file) == size)
            put(&session->to_program, data, size);
        free(data);
    }
    if (file)
        fclose(file);
}

EXPORT HANDLE WINAPI WintunStartSession(HANDLE adapter, DWORD capacity)
{
    struct adapter *a = adapter;
    struct session *session;
    const char *in = getenv("WINTUN_DOUBLE_IN"), *out = getenv("WINTUN_DOUBLE_OUT");
    if (capacity < 0x20000 || capacity > 0x4000000 || (capacity & (capacity - 1))) {
        FAIL_WITH(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (a->session || a->held) {
        FAIL_WITH(ERROR_ALREADY_INITIALIZED);
        return NULL;
    }
    session = calloc(1, sizeof *session);
    session->adapter = a;
    session->capacity = capacity;
    session->readable = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (in && *in)
        read_file(session, in);
    if (out && *out)
        session->out = fopen(out, "wb");
    a->session = session;
    return session;
}

EXPORT void WINAPI WintunEndSession(HANDLE handle)
{
    struct session *session = handle;
    struct packet *packet;
    LOCK(&gate);
    session->adapter->session = NULL;
    while ((packet = take(&session->to_program)))
        free(packet);
    while ((packet = take(&session->to_host)))
        free(packet);
    if (session->out)
        fclose(session->out);
    UNLOCK(&gate);
    CloseHandle(session->readable);
    free(session);
}

EXPORT HANDLE WINAPI WintunGetReadWaitEvent(HANDLE session) { return without_event ? NULL : ((struct session *)session)->readable; }

EXPORT BYTE *WINAPI WintunReceivePacket(HANDLE handle, DWORD *size)
{
    struct session *session = handle;
    struct packet *packet = NULL;
    int code = 0;
    LOCK(&gate);
    if (session->corrupt)
        code = ERROR_INVALID_DATA;
    else if ((packet = take(&session->to_program)))
        *size = packet->size;
    else
        code = session->closing ? ERROR_HANDLE_EOF : ERROR_NO_MORE_ITEMS;
    if (!session->to_program.first && !session->closing && !session->corrupt)
        ResetEvent(session->readable);
    UNLOCK(&gate);
    if (!packet) {
        FAIL_WITH(code);
        return NULL;
    }
    return packet->data;
}

EXPORT void WINAPI WintunReleaseReceivePacket(HANDLE session, const BYTE *data)
{
    (void)session;
    free((BYTE *)data - offsetof(struct packet, data));
}

EXPORT BYTE *WINAPI WintunAllocateSendPacket(HANDLE handle, DWORD size)
{
    struct session *session = handle;
    struct packet *packet;
    int code = 0;
    LOCK(&gate);
    if (size > largest_asked)
        largest_asked = size;
    if (session->closing)
        code = ERROR_HANDLE_EOF;
    else if (session->to_host.bytes + size > session->capacity)
        code = ERROR_BUFFER_OVERFLOW;
    UNLOCK(&gate);
    if (code) {
        FAIL_WITH(code);
        return NULL;
    }
    packet = malloc(sizeof *packet + size);
    packet->size = size;
    return packet->data;
}

EXPORT void WINAPI WintunSendPacket(HANDLE handle, const BYTE *data)
{
    struct session *session = handle;
    struct packet *packet = (struct packet *)((BYTE *)data - offsetof(struct packet, data));
    LOCK(&gate);
    if (session->out) {
        BYTE head[4] = { packet->size & 255, packet->size >> 8 & 255, packet->size >> 16 & 255, packet->size >> 24 };
        fwrite(head, 1, 4, session->out);
        fwrite(packet->data, 1, packet->size, session->out);
        fflush(session->out);
    } else {
        put(&session->to_host, packet->data, packet->size);
    }
    UNLOCK(&gate);
    free(packet);
}

/* For tests. An adapter is named as the program names it. */

/* An adapter that was there before: 0 free, 1 held by another program, 2 no Wintun adapter at all. */
EXPORT void double_preexist(const WCHAR *name, int kind)
{
    struct adapter *a;
    LOCK(&gate);
    a = find(name);
    if (!a)
        a = add(name);
    a->preexisting = TRUE;
    a->held = kind == 1;
    a->foreign = kind == 2;
    UNLOCK(&gate);
}

/* 0 there is none, 1 there, 2 open, 3 with a session. */
EXPORT int double_state(const WCHAR *name)
{
    struct adapter *a;
    int state;
    LOCK(&gate);
    a = find(name);
    state = !a ? 0 : a->session ? 3 : a->open ? 2 : 1;
    UNLOCK(&gate);
    return state;
}

EXPORT void double_guid(const WCHAR *name, GUID *guid)
{
    LOCK(&gate);
    *guid = find(name)->guid;
    UNLOCK(&gate);
}

EXPORT void double_inject(const WCHAR *name, const BYTE *data, DWORD size)
{
    struct session *session;
    LOCK(&gate);
    session = find(name)->session;
    put(&session->to_program, data, size);
    SetEvent(session->readable);
    UNLOCK(&gate);
}

/* The next packet that the program sent: its size, or -1. */
EXPORT int double_take(const WCHAR *name, BYTE *data, DWORD room)
{
    struct packet *packet;
    int size = -1;
    LOCK(&gate);
    packet = take(&find(name)->session->to_host);
    UNLOCK(&gate);
    if (packet) {
        size = (int)packet->size;
        memcpy(data, packet->data, packet->size < room ? packet->size : room);
        free(packet);
    }
    return size;
}

/* 1 the adapter goes away, 2 its ring is corrupt. */
EXPORT void double_break(const WCHAR *name, int how)
{
    struct session *session;
    LOCK(&gate);
    session = find(name)->session;
    session->closing = how == 1;
    session->corrupt = how == 2;
    SetEvent(session->readable);
    UNLOCK(&gate);
}

/* The next `times` calls to open an adapter see none, as while Windows removes one. */
EXPORT void double_hide(int times)
{
    LOCK(&gate);
    hidden_opens = times;
    UNLOCK(&gate);
}

/* The next `times` calls to create an adapter fail. */
EXPORT void double_fail_creates(int times, int code)
{
    LOCK(&gate);
    failing_creates = times;
    failing_code = code;
    UNLOCK(&gate);
}

/* Sessions that begin from now on have no event that can be waited for. */
EXPORT void double_without_event(BOOL without) { without_event = without; }

EXPORT void double_remove(const WCHAR *name)
{
    struct adapter *a;
    LOCK(&gate);
    a = find(name);
    if (a)
        a->there = FALSE;
    UNLOCK(&gate);
}

EXPORT DWORD double_largest_asked(void) { return largest_asked; }
