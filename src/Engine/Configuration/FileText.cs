using System.Text;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Configuration;

/// <summary>Reads a pipeline.yaml as text, or says why it cannot.</summary>
internal static class FileText
{
    // Thousands of peers fit; a device or a log named by mistake does not fill the memory.
    private const int MaxSize = 16 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, as diagnostics print it.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    /// <param name="full">The file to open; null for <paramref name="path"/>.</param>
    public static string? Read(string path, DiagnosticBag diagnostics, string? full = null)
    {
        var position = new SourcePosition(path);
        try
        {
            using var stream = new FileStream(full ?? path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (TryReadAll(stream, out var bytes))
            {
                return Decode(bytes, position, diagnostics);
            }

            diagnostics.Add(
                DiagnosticCodes.FileUnreadable, position, $"the file has more than {MaxSize >> 20} MiB", "give the path of a YAML file");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            diagnostics.Add(
                DiagnosticCodes.FileMissing, position, "the file does not exist",
                "give the path of a file that exists, or run the command in the directory that contains it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var reason = Directory.Exists(full ?? path) ? "it is a folder" : exception.Message;
            diagnostics.Add(
                DiagnosticCodes.FileUnreadable, position, $"the file cannot be read: {reason.TrimEnd('.')}",
                "give the path of a file that this user may read");
        }

        return null;
    }

    private static bool TryReadAll(FileStream stream, out byte[] bytes)
    {
        using var content = new MemoryStream();
        var chunk = new byte[16 << 10];
        int read;
        while (content.Length <= MaxSize && (read = stream.Read(chunk)) > 0)
        {
            content.Write(chunk, 0, read);
        }

        bytes = content.ToArray();
        return bytes.Length <= MaxSize;
    }

    private static string? Decode(ReadOnlySpan<byte> bytes, SourcePosition file, DiagnosticBag diagnostics)
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            return encoding.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes);
        }
        catch (DecoderFallbackException exception)
        {
            var line = 1 + bytes[..Math.Max(0, exception.Index)].Count((byte)'\n');
            diagnostics.Add(
                DiagnosticCodes.NotYaml, file with { Line = line, Column = 1 }, "the file is not text in UTF-8", "save it as UTF-8");
            return null;
        }
    }
}
