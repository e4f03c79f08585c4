using System.Runtime.InteropServices;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Windows.Interop;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>Why the stage cannot start, and what to do about it: all the texts.</summary>
internal static class TunStartError
{
    private const string WhereToGet =
        "download Wintun from https://www.wintun.net and put bin\\amd64\\wintun.dll of it (bin\\arm64 on ARM)";

    private const string Rights = "run as administrator, or as a service under LocalSystem";

    public static StageStartException NoLibrary(IEnumerable<string> places) => new(
        $"wintun.dll is not there: looked for {string.Join(" and ", places)}",
        $"{WhereToGet} into the first of these places, or name it with 'wintun-file'");

    public static StageStartException NotLoaded(string path, Exception reason) => new(
        $"{path} cannot be loaded: {reason.Message}", $"{WhereToGet} there: it must be the one for this processor", reason);

    public static StageStartException NotSigned(string path, int code) => new(
        $"{path} has no valid signature: {Text(code)} (0x{code:x8})", $"{WhereToGet} there; the genuine file is signed");

    public static StageStartException SignedByOther(string path, string? signer) => new(
        $"{path} is signed by {(signer is null ? "an unnamed organization" : $"'{signer}'")}, not by '{WintunSigner.Maker}'", $"{WhereToGet} there");

    public static StageStartException NoAdapter(string device, int code) => code switch
    {
        WinError.ERROR_ACCESS_DENIED => new($"permission denied to create the adapter '{device}'", Rights),
        WinError.ERROR_ALREADY_EXISTS => new(
            $"the name is taken: '{device}' is an adapter that is not Wintun's, or one that Windows is still removing",
            "give 'device' another name, or start again in a minute"),
        _ => new($"the adapter '{device}' cannot be created: {Text(code)} ({code})", "look at the log lines of Wintun above"),
    };

    public static StageStartException NoTables(RouteTable table) => new(
        $"Windows has no routing tables, and 'table' is {table}", "remove 'table', which is for Linux");

    public static StageStartException NoSession(string device, int code) => code switch
    {
        WinError.ERROR_ALREADY_INITIALIZED or WinError.ERROR_ACCESS_DENIED => new(
            $"the name is taken: another program uses the adapter '{device}'", "stop that program, or give 'device' another name"),
        _ => new($"the adapter '{device}' does not start: {Text(code)} ({code})", "look at the log lines of Wintun above"),
    };

    public static StageStartException NotConfigured(string device, string what, uint code) => code switch
    {
        WinError.ERROR_ACCESS_DENIED => new($"no right to set {what} of '{device}'", Rights),
        WinError.ERROR_OBJECT_ALREADY_EXISTS => new(
            $"{what} of '{device}' is there already, on this or another adapter",
            "take it out of pipeline.yaml, or away from the other adapter"),
        WinError.ERROR_NOT_FOUND => new(
            $"{what} of '{device}' cannot be set: the address family is switched off", "switch it on for the adapter, or leave this out"),
        _ => new($"{what} of '{device}' cannot be set: {Text((int)code)} ({code})", "look at the system's network settings"),
    };

    public static StageStartException OneLaneOnly(int lanes) => new(
        $"Wintun has one queue, so {lanes} lanes cannot share the adapter", "write lanes: 1");

    /// <summary>The system's words for a code.</summary>
    public static string Text(int code) => Marshal.GetPInvokeErrorMessage(code);
}
