using System.CommandLine;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.Doctor;
using Culvert.Host.WgQuick;

namespace Culvert.Host.Commands;

/// <summary><c>culvert import</c>: the pipeline.yaml of a wg-quick file, on standard output. Keys only where asked.</summary>
internal static class ImportCommand
{
    private const int MaxLength = 1_000_000;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The wg-quick file, such as /etc/wireguard/wg0.conf. Its name gives the device's." };
        var withSecrets = new Option<bool>("--with-secrets") { Description = "Write the keys into the pipeline file itself." };
        var keys = new Option<string?>("--keys") { Description = "Write each key into a file of FOLDER that only its owner may read.", HelpName = "FOLDER" };
        var command = new Command("import", "Writes the pipeline file for a wg-quick file: culvert import wg0.conf --keys . > pipeline.yaml")
        {
            file, withSecrets, keys,
        };
        command.SetAction(parsed =>
        {
            SecretPlace place = parsed.GetValue(withSecrets) ? new SecretPlace.Inline()
                : parsed.GetValue(keys) is { } folder ? new SecretPlace.Folder(folder) : new SecretPlace.Nowhere();
            var streams = parsed.InvocationConfiguration;
            return Run(parsed.GetValue(file)!, place, PluginStore.BesideProgram(), streams.Output, streams.Error);
        });
        return command;
    }

    internal static int Run(string path, SecretPlace place, PluginStore plugins, TextWriter output, TextWriter error)
    {
        WgQuickFile file;
        IReadOnlyList<string> errors;
        try
        {
            file = WgQuickFile.Parse(ReadLines(path), out errors);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var reason = Directory.Exists(path) ? "it is a folder" : failure.Message.TrimEnd('.');
            error.WriteLine($"{path}: error: the file cannot be read: {reason}; give the path of a wg-quick file");
            return ExitCodes.WrongInput;
        }

        if (errors.Count > 0)
        {
            return Refuse(path, errors, error);
        }

        var device = Path.GetFileNameWithoutExtension(path);
        var writer = new PipelineWriter(device, place);
        var yaml = writer.Write(file);
        var found = writer.Errors.Count > 0 ? [] : Check(file, device, path, plugins);
        string[] refusals = [.. writer.Errors, .. found.Where(one => one.IsError).Select(one => one.Text)];
        if (refusals.Length > 0)
        {
            return Refuse(path, refusals, error);
        }

        try
        {
            place.Commit();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: a key file cannot be written: {failure.Message}");
            return ExitCodes.Failure;
        }

        foreach (var remark in writer.Remarks.Concat(found.Select(one => one.Text)))
        {
            error.WriteLine($"{path}: warning: {remark}");
        }

        if (place is SecretPlace.Nowhere { Files: { Count: > 0 } files })
        {
            error.WriteLine($"{path}: keys were not written: put each into its file ({string.Join(", ", files)}), or give --keys FOLDER or --with-secrets");
        }

        output.Write(yaml);
        return ExitCodes.Success;
    }

    /// <summary>What 'culvert check' would say of the pipeline, keys included, with the lines of the wg-quick file.</summary>
    private static List<(string Text, bool IsError)> Check(WgQuickFile file, string device, string path, PluginStore plugins)
    {
        var writer = new PipelineWriter(device, new SecretPlace.Inline());
        var yaml = writer.Write(file);
        var loaded = new PipelineLoader(plugins).LoadText(yaml, path, Path.GetTempPath());
        loaded = loaded.With(SiteWarnings.Find(path, loaded.IsValid ? SiteFile.Read(yaml, path) : null));
        // A program without plugins cannot check anything, and nobody can run the file with it.
        return loaded.Diagnostics.Any(diagnostic => diagnostic.Code == DiagnosticCodes.UnknownStage) ? [] : [.. loaded.Diagnostics.Select(diagnostic =>
        {
            var line = writer.SourceOf(diagnostic.Position.Line);
            return ($"{(line > 0 ? $"line {line}: " : "")}{diagnostic.Message}; {diagnostic.Remedy}", diagnostic.IsError);
        })];
    }

    // A device such as /dev/zero has no end.
    private static string[] ReadLines(string path)
    {
        using var reader = new StreamReader(path);
        var text = new char[MaxLength + 1];
        var length = reader.ReadBlock(text);
        return length <= MaxLength
            ? new string(text, 0, length).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n')
            : throw new IOException($"'{path}' is longer than {MaxLength} characters, and no wg-quick file");
    }

    private static int Refuse(string path, IEnumerable<string> errors, TextWriter error)
    {
        foreach (var message in errors)
        {
            error.WriteLine($"{path}: error: {message}");
        }

        return ExitCodes.WrongInput;
    }
}
