/* What the doubles take from the system, on Windows and on Linux: an event that one thread waits for, the last error, a lock. On Linux
   the double also stands in for kernel32.dll, and errno for the last error, because the runtime reads it there. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2ipdef.h>
#include <windows.h>
#include <iphlpapi.h>
#include <netioapi.h>
#define EXPORT __declspec(dllexport)
typedef CRITICAL_SECTION lock_t;
#define LOCK_INIT(l) InitializeCriticalSection(l)
#define LOCK(l) EnterCriticalSection(l)
#define UNLOCK(l) LeaveCriticalSection(l)
#define FAIL_WITH(code) SetLastError(code)
#else
#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#define EXPORT __attribute__((visibility("default")))
#define WINAPI
#define CALLBACK
#define TRUE 1
#define FALSE 0
typedef uint16_t WCHAR;
typedef uint32_t DWORD;
typedef uint8_t BYTE;
typedef int BOOL;
typedef void *HANDLE;
typedef struct { uint8_t bytes[16]; } GUID;
typedef pthread_mutex_t lock_t;
#define LOCK_INIT(l) pthread_mutex_init(l, NULL)
#define LOCK(l) pthread_mutex_lock(l)
#define UNLOCK(l) pthread_mutex_unlock(l)
#define FAIL_WITH(code) (errno = (code))
EXPORT HANDLE CreateEventW(void *attributes, BOOL manual, BOOL initial, const WCHAR *name);
EXPORT BOOL SetEvent(HANDLE event);
EXPORT BOOL ResetEvent(HANDLE event);
EXPORT BOOL CloseHandle(HANDLE event);
EXPORT DWORD WaitForMultipleObjects(DWORD count, const HANDLE *events, BOOL all, DWORD milliseconds);
#define INFINITE 0xFFFFFFFFu
#define WAIT_OBJECT_0 0u
#define WAIT_TIMEOUT 258u
#define WAIT_FAILED 0xFFFFFFFFu
#define ERROR_FILE_NOT_FOUND 2
#define ERROR_ACCESS_DENIED 5
#define ERROR_INVALID_HANDLE 6
#define ERROR_INVALID_DATA 13
#define ERROR_HANDLE_EOF 38
#define ERROR_INVALID_PARAMETER 87
#define ERROR_BUFFER_OVERFLOW 111
#define ERROR_ALREADY_EXISTS 183
#define ERROR_NO_MORE_ITEMS 259
#define ERROR_NOT_FOUND 1168
#define ERROR_ALREADY_INITIALIZED 1247
#define ERROR_OBJECT_ALREADY_EXISTS 5010
#endif
