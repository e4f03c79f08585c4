using System.Buffers.Binary;
using System.Runtime.Versioning;
using Culvert.Endpoints.Files;

namespace Culvert.Endpoints.Captures;

/// <summary>
/// Opens the file of a live capture. It is written in place, since others read it while it grows; so a file that is there already is replaced
/// only when it is a capture itself.
/// </summary>
public static class CaptureFile
{
    private const int BufferLength = 1 << 16;
    private static readonly uint[] _magics = [PcapNgFormat.SectionHeader, 0xA1B2C3D4, 0xD4C3B2A1, 0xA1B23C4D, 0x4D3CB2A1];

    /// <summary>Opens a file for writing. A pipe or a device is written as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isSecret">Whether a new file may be read by its owner alone.</param>
    /// <exception cref="InvalidDataException">There is a file that is not a capture.</exception>
    /// <exception cref="IOException">The file cannot be opened; or <see cref="UnauthorizedAccessException"/>.</exception>
    public static Stream Open(string path, bool isSecret = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                BufferSize = BufferLength,
            };
            if (isSecret && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return new FileStream(path, options);
        }

        if (!OperatingSystem.IsWindows() && !IsRegular(path))
        {
            return new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, BufferLength);
        }

        return Replace(path, isSecret);
    }

    // The mode of a file that is there may let others read it, and they may have it open.
    private static FileStream Replace(string path, bool isSecret)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, BufferLength);
        try
        {
            Span<byte> head = stackalloc byte[sizeof(uint)];
            var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (isSecret)
            {
                throw new InvalidDataException($"'{path}' exists already; a capture with secrets is written to a new file only");
            }

            if (length > 0 && !(length == head.Length && _magics.Contains(BinaryPrimitives.ReadUInt32LittleEndian(head))))
            {
                throw new InvalidDataException($"'{path}' exists and is not a capture; write to another file");
            }

            file.SetLength(0);
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsRegular(string path) =>
        FileFacts.Read(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path)?.Kind == FileKind.Regular;
}
