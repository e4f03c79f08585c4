using System.CommandLine;
using Culvert.Host.WgQuick;

namespace Culvert.Host.Commands;

/// <summary><c>culvert import</c>: the pipeline.yaml of a wg-quick file, on standard output. Keys only where asked.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The wg-quick file, such as /etc/wireguard/wg0.conf. Its name gives the device's." };
        var withSecrets = new Option<bool>("--with-secrets") { Description = "Write the keys into the pipeline file itself." };
        var keys = new Option<string?>("--keys") { Description = "Write each key into a file of this folder that only its owner may read." };
        var command = new Command("import", "Writes the pipeline file for a wg-quick file: culvert import wg0.conf --keys . > pipeline.yaml")
        {
            file, withSecrets, keys,
        };
        command.SetAction(parsed =>
        {
            SecretPlace place = parsed.GetValue(withSecrets) ? new SecretPlace.Inline()
                : parsed.GetValue(keys) is { } folder ? new SecretPlace.Folder(folder) : new SecretPlace.Nowhere();
            var streams = parsed.InvocationConfiguration;
            return Run(parsed.GetValue(file)!, place, streams.Output, streams.Error);
        });
        return command;
    }

    internal static int Run(string path, SecretPlace place, TextWriter output, TextWriter error)
    {
        WgQuickFile file;
        IReadOnlyList<string> errors;
        try
        {
            file = WgQuickFile.Parse(File.ReadLines(path), out errors);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: {failure.Message}");
            return ExitCodes.WrongInput;
        }

        if (errors.Count > 0)
        {
            return Refuse(path, errors, error);
        }

        var writer = new PipelineWriter(Path.GetFileNameWithoutExtension(path), place);
        string yaml;
        try
        {
            yaml = writer.Write(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: a key file cannot be written: {failure.Message}");
            return ExitCodes.Failure;
        }

        if (writer.Errors.Count > 0)
        {
            return Refuse(path, writer.Errors, error);
        }

        foreach (var remark in writer.Remarks)
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

    private static int Refuse(string path, IEnumerable<string> errors, TextWriter error)
    {
        foreach (var message in errors)
        {
            error.WriteLine($"{path}: error: {message}");
        }

        return ExitCodes.WrongInput;
    }
}
