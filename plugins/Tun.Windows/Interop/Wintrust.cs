using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Plugins.Tun.Windows.Interop;

/// <summary><c>wintrust.h</c> and <c>softpub.h</c>: whether a file carries a valid Authenticode signature. 64-bit layouts.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Wintrust
{
    private const uint WTD_UI_NONE = 2;
    private const uint WTD_REVOKE_NONE = 0;
    private const uint WTD_CHOICE_FILE = 1;
    private const uint WTD_STATEACTION_VERIFY = 1;
    private const uint WTD_STATEACTION_CLOSE = 2;

    private static readonly Guid WINTRUST_ACTION_GENERIC_VERIFY_V2 = new("00aac56b-cd44-11d0-8cc2-00c04fc295ee");

    /// <summary>Verifies a file's embedded signature and its chain, without going on line.</summary>
    /// <returns>0 when it is valid, else the system's error code.</returns>
    public static int Verify(string path)
    {
        fixed (char* text = path)
        {
            var file = new WINTRUST_FILE_INFO { cbStruct = (uint)sizeof(WINTRUST_FILE_INFO), pcwszFilePath = text };
            var data = new WINTRUST_DATA
            {
                cbStruct = (uint)sizeof(WINTRUST_DATA),
                dwUIChoice = WTD_UI_NONE,
                fdwRevocationChecks = WTD_REVOKE_NONE,
                dwUnionChoice = WTD_CHOICE_FILE,
                pFile = &file,
                dwStateAction = WTD_STATEACTION_VERIFY,
            };
            var result = WinVerifyTrust(-1, in WINTRUST_ACTION_GENERIC_VERIFY_V2, &data);
            data.dwStateAction = WTD_STATEACTION_CLOSE;
            _ = WinVerifyTrust(-1, in WINTRUST_ACTION_GENERIC_VERIFY_V2, &data);
            return result;
        }
    }

    [LibraryImport("wintrust.dll")]
    private static partial int WinVerifyTrust(nint window, in Guid action, WINTRUST_DATA* data);

    [StructLayout(LayoutKind.Sequential)]
    private struct WINTRUST_FILE_INFO
    {
        public uint cbStruct;
        public char* pcwszFilePath;
        public nint hFile;
        public Guid* pgKnownSubject;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct WINTRUST_DATA
    {
        public uint cbStruct;
        public void* pPolicyCallbackData;
        public void* pSIPClientData;
        public uint dwUIChoice;
        public uint fdwRevocationChecks;
        public uint dwUnionChoice;
        public WINTRUST_FILE_INFO* pFile;
        public uint dwStateAction;
        public nint hWVTStateData;
        public char* pwszURLReference;
        public uint dwProvFlags;
        public uint dwUIContext;
        public void* pSignatureSettings;
    }
}
