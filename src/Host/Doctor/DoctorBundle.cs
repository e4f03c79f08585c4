using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Engine.Diagnostics;
using Culvert.Host.Doctor.Machines;
using Culvert.Host.Output;

namespace Culvert.Host.Doctor;

/// <summary>
/// An archive for a bug report. Everything in it is masked: what could be a key is not shown, public keys included, and of the file no line with a secret
/// is copied.
/// </summary>
internal static class DoctorBundle
{
    private static readonly (string Name, string Program, string[] Arguments)[] Reports =
    [
        ("addresses.txt", "ip", ["-details", "addr"]), ("routes.txt", "ip", ["route", "show", "table", "all"]), ("rules.txt", "ip", ["rule"]),
        ("sockets.txt", "ss", ["-tuanp"]), ("nft.txt", "nft", ["list", "ruleset"]), ("iptables.txt", "iptables-save", ["-c"]),
    ];

    /// <summary>Writes the archive. A new file is readable by its owner only; an existing one is not replaced.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="report">The report in JSON.</param>
    /// <param name="site">What was examined.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static void Write(string path, JsonObject report, Site site)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        using var packed = new GZipStream(file, CompressionLevel.Optimal);
        using var archive = new TarWriter(packed);
        Add(archive, "doctor.json", JsonOutput.ToText(report));
        Add(archive, "pipeline.yaml", WithoutSecrets(Machine.Read(site.Path) ?? ""));
        if (site.Status is { } status)
        {
            Add(archive, "status.json", JsonOutput.ToText(status));
        }

        foreach (var (name, program, arguments) in OperatingSystem.IsLinux() ? Reports : [])
        {
            if (Machine.Run(program, arguments) is { Length: > 0 } output)
            {
                Add(archive, name, output);
            }
        }
    }

    // A value of private-key or preshared-key is a secret whatever it looks like; the files of keys are only named.
    private static string WithoutSecrets(string text) => string.Join('\n', text.Split('\n').Select(line =>
        line.Contains("private-key:", StringComparison.Ordinal) || line.Contains("preshared-key:", StringComparison.Ordinal) ? "# (a line with a secret)" : line));

    private static void Add(TarWriter archive, string name, string text) => archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
    {
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(SecretMask.Apply(text))),
    });
}
