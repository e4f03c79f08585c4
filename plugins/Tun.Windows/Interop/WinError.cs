namespace Culvert.Plugins.Tun.Windows.Interop;

/// <summary>
/// <c>winerror.h</c>: the codes that this plugin distinguishes. Of a Wintun session: 259 the ring is empty, wait; 38 the adapter goes away;
/// 13 the ring is corrupt; 111 the ring is full.
/// </summary>
internal static class WinError
{
    public const int NO_ERROR = 0;
    public const int ERROR_FILE_NOT_FOUND = 2;
    public const int ERROR_ACCESS_DENIED = 5;
    public const int ERROR_INVALID_DATA = 13;
    public const int ERROR_HANDLE_EOF = 38;
    public const int ERROR_INVALID_PARAMETER = 87;
    public const int ERROR_BUFFER_OVERFLOW = 111;
    public const int ERROR_ALREADY_EXISTS = 183;
    public const int WAIT_TIMEOUT = 258;
    public const int ERROR_NO_MORE_ITEMS = 259;
    public const int ERROR_NOT_FOUND = 1168;
    public const int ERROR_ALREADY_INITIALIZED = 1247;
    public const int ERROR_TIMEOUT = 1460;
    public const int ERROR_OBJECT_ALREADY_EXISTS = 5010;
}
