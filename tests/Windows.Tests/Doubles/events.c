/* Windows events for Linux: all share one lock and one condition, which is plenty for a test. Empty on Windows, which has its own. */
#include "platform.h"

#ifndef _WIN32
#include <time.h>

struct event { BOOL manual, set; };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

HANDLE CreateEventW(void *attributes, BOOL manual, BOOL initial, const WCHAR *name)
{
    struct event *event = calloc(1, sizeof *event);
    (void)attributes, (void)name;
    event->manual = manual;
    event->set = initial;
    return event;
}

static BOOL change(HANDLE handle, BOOL set)
{
    pthread_mutex_lock(&gate);
    ((struct event *)handle)->set = set;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&gate);
    return TRUE;
}

BOOL SetEvent(HANDLE event) { return change(event, TRUE); }

BOOL ResetEvent(HANDLE event) { return change(event, FALSE); }

BOOL CloseHandle(HANDLE event)
{
    free(event);
    return TRUE;
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE *events, BOOL all, DWORD milliseconds)
{
    struct timespec until;
    DWORD result = WAIT_TIMEOUT;
    int timed_out = 0;
    (void)all;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += milliseconds / 1000;
    pthread_mutex_lock(&gate);
    while (result == WAIT_TIMEOUT && !timed_out) {
        for (DWORD i = 0; i < count && result == WAIT_TIMEOUT; i++) {
            struct event *event = events[i];
            if (!event) {
                errno = ERROR_INVALID_HANDLE;
                result = WAIT_FAILED;
            } else if (event->set) {
                event->set = event->manual;
                result = WAIT_OBJECT_0 + i;
            }
        }
        if (result == WAIT_TIMEOUT) {
            if (milliseconds == INFINITE)
                pthread_cond_wait(&changed, &gate);
            else
                timed_out = pthread_cond_timedwait(&changed, &gate, &until) != 0;
        }
    }
    pthread_mutex_unlock(&gate);
    return result;
}
#endif
