using System.Runtime.InteropServices;
using Culvert.Endpoints;
using Culvert.Plugins.Tun.Windows.Interop;
using Culvert.Stages;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>
/// Finds wintun.dll, verifies its signature and signer and loads it, once in a process. It does not come with Culvert: its makers give it out
/// themselves, signed, at https://www.wintun.net.
/// </summary>
internal static class WintunLibrary
{
    private static readonly Lock Gate = new();

    /// <summary>Loads the library, unless it is loaded.</summary>
    /// <exception cref="StageStartException">It is not there, not signed by its makers, or not for this processor.</exception>
    public static void Load(TunOptions options, ILogger logger)
    {
        lock (Gate)
        {
            if (NativeLibraries.IsBound(Wintun.Library))
            {
                return;
            }

            var path = Find(Places(options));

            // Open without sharing until it is loaded, so that nobody writes, renames or replaces what was verified.
            using var held = Hold(path);
            if (OperatingSystem.IsWindows() && options.VerifySignature)
            {
                var code = Wintrust.Verify(path);
                if (code != WinError.NO_ERROR)
                {
                    throw TunStartError.NotSigned(path, code);
                }

                if (WintunSigner.Read(path) is var signer && signer != WintunSigner.Maker)
                {
                    throw TunStartError.SignedByOther(path, signer);
                }
            }
            else
            {
                TunLog.Unverified(logger, path);
            }

            NativeLibraries.Bind(Wintun.Library, LoadFile(path));
        }
    }

    /// <summary>The paths that are searched, in order.</summary>
    public static IReadOnlyList<string> Places(TunOptions options) => options.WintunFile is { } file
        ? [file.Full]
        : [
            Path.Combine(Path.GetDirectoryName(typeof(WintunLibrary).Assembly.Location)!, Wintun.Library),
            Path.Combine(Environment.SystemDirectory, Wintun.Library),
        ];

    /// <summary>The first place that has a file.</summary>
    /// <exception cref="StageStartException">None has.</exception>
    public static string Find(IReadOnlyList<string> places) =>
        places.FirstOrDefault(File.Exists) ?? throw TunStartError.NoLibrary(places);

    private static SafeFileHandle Hold(string path)
    {
        try
        {
            return File.OpenHandle(path, share: FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TunStartError.NotLoaded(path, e);
        }
    }

    private static nint LoadFile(string path)
    {
        try
        {
            // The full path, so that no other file of the name gets in between verifying and loading.
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw TunStartError.NotLoaded(path, e);
        }
    }
}
