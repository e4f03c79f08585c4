using System.IO.MemoryMappedFiles;
using Culvert.Tests.Support;

namespace Fuzz.Tests.Engine;

/// <summary>
/// The input that runs, in the mapped file artifacts/fuzz/TARGET.running: when it takes the process with it (an exhausted stack, a broken pointer), the
/// kernel still writes the file, and the next run of the target tries that input first.
/// </summary>
internal sealed class CurrentInput : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public CurrentInput(string target, int maxLength)
    {
        var folder = Directory.CreateDirectory(Path.Combine(SourceTree.Root, "artifacts", "fuzz")).FullName;
        _path = Path.Combine(folder, target + ".running");
        Left = Read(_path, maxLength);
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.Create, mapName: null, sizeof(int) + maxLength);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>The input during which an earlier process ended; empty when there was none.</summary>
    public IReadOnlyList<byte[]> Left { get; }

    /// <summary>An input begins to run.</summary>
    public void Begin(byte[] input)
    {
        _view.WriteArray(sizeof(int), input, 0, input.Length);
        _view.Write(0, input.Length + 1);
    }

    /// <summary>It has ended.</summary>
    public void End() => _view.Write(0, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    private static IReadOnlyList<byte[]> Read(string path, int maxLength)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var bytes = File.ReadAllBytes(path);
        var length = bytes.Length < sizeof(int) ? 0 : BitConverter.ToInt32(bytes);
        return length > 0 && length <= maxLength + 1 && bytes.Length >= sizeof(int) + length - 1
            ? [bytes.AsSpan(sizeof(int), length - 1).ToArray()] : [];
    }
}
