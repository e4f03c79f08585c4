using System.Buffers.Binary;
using System.Globalization;

namespace Culvert.Endpoints.Captures;

/// <summary>
/// Writes the blocks of one pcapng section into one file, or into a ring of files, each of which begins with the interfaces and secrets that its
/// packets need and ends with the totals of the interfaces. Not thread-safe.
/// </summary>
public sealed class CaptureFiles : IDisposable
{
    private const int NumberDigits = 5;

    private readonly Func<int, Stream> _open;
    private readonly long _size;
    private readonly MemoryStream _preamble = new();
    private readonly SortedDictionary<uint, byte[]> _totals = [];
    private readonly Dictionary<uint, long> _skipped = [];
    private Stream? _file;
    private long _written;
    private bool _hasPackets;
    private int _number;

    private CaptureFiles(Func<int, Stream> open, long size, int number) => (_open, _size, _number) = (open, size, number);

    /// <summary>The packets that matched, as far as the section states totals.</summary>
    public long Accepted { get; private set; }

    /// <summary>The packets that matched and were skipped.</summary>
    public long Skipped => _skipped.Count == 0 ? 0 : _skipped.Values.Min();

    /// <summary>The packets that are missing at one interface and not at others.</summary>
    public long Incomplete => _skipped.Count == 0 ? 0 : _skipped.Values.Max() - Skipped;

    /// <summary>Writes to a stream, which is disposed at the end.</summary>
    public static CaptureFiles To(Stream stream) => new(_ => stream, long.MaxValue, 0);

    /// <summary>
    /// Writes to files NAME_00001.pcapng, NAME_00002.pcapng and so on. Numbers continue behind those of files that are there; the oldest are
    /// deleted as new ones come.
    /// </summary>
    /// <param name="path">The path of NAME.pcapng, a file that is not written itself.</param>
    /// <param name="ring">The bounds.</param>
    /// <param name="isSecret">Whether the files may be read by their owner alone.</param>
    /// <exception cref="IOException">The directory cannot be read; or <see cref="UnauthorizedAccessException"/>.</exception>
    public static CaptureFiles ToRing(string path, CaptureRing ring, bool isSecret = false)
    {
        ArgumentNullException.ThrowIfNull(ring);
        var names = new RingNames(path, ring.Files);
        return new(number =>
        {
            names.MakeRoom();
            return CaptureFile.Open(names.Of(number), isSecret);
        }, ring.Size, names.Last);
    }

    /// <summary>Writes the whole blocks of a piece of the section.</summary>
    /// <param name="piece">The piece; it begins with a block.</param>
    /// <returns>The bytes of whole blocks; the rest belongs in front of the next piece.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="InvalidDataException">It is not pcapng, or the file may not be replaced.</exception>
    public int Write(ReadOnlySpan<byte> piece)
    {
        var taken = 0;
        while (piece.Length - taken >= PcapNgFormat.BlockHeader)
        {
            var block = piece[taken..];
            var length = BinaryPrimitives.ReadInt32LittleEndian(block[4..]);
            if (length is < PcapNgFormat.MinBlock or > PcapNgFormat.MaxBlock || length % 4 != 0)
            {
                throw new InvalidDataException("the pipeline does not send pcapng; it is another version of culvert");
            }

            if (block.Length < length)
            {
                break;
            }

            WriteBlock(BinaryPrimitives.ReadUInt32LittleEndian(block), block[..length]);
            taken += length;
        }

        return taken;
    }

    /// <summary>Passes on what is buffered, so that readers of the file see it.</summary>
    public void Flush() => _file?.Flush();

    /// <summary>Ends the file with the totals and closes it.</summary>
    public void Dispose() => Close();

    private void WriteBlock(uint type, ReadOnlySpan<byte> block)
    {
        if (type == PcapNgFormat.InterfaceStatistics)
        {
            NoteTotals(block);
            return;
        }

        var isPacket = type == PcapNgFormat.EnhancedPacket;
        if (isPacket && _hasPackets && _written + block.Length > _size)
        {
            Close();
        }

        if (_file is null)
        {
            Open();
        }

        if (!isPacket)
        {
            _preamble.Write(block);
        }

        _hasPackets |= isPacket;
        _written += block.Length;
        _file!.Write(block);
    }

    private void Open()
    {
        _file = _open(++_number);
        _file.Write(_preamble.GetBuffer().AsSpan(0, (int)_preamble.Length));
        (_written, _hasPackets) = (_preamble.Length, false);
    }

    private void Close()
    {
        var file = _file;
        _file = null;
        using (file)
        {
            foreach (var totals in _totals.Values)
            {
                file?.Write(totals);
            }
        }
    }

    private void NoteTotals(ReadOnlySpan<byte> block)
    {
        var body = block[PcapNgFormat.BlockHeader..^PcapNgFormat.BlockTrailer];
        if (body.Length < PcapNgFormat.StatisticsOptions)
        {
            return;
        }

        var number = BinaryPrimitives.ReadUInt32LittleEndian(body);
        _totals[number] = block.ToArray();
        var options = body[PcapNgFormat.StatisticsOptions..];
        while (options.Length >= PcapNgFormat.OptionHeader + sizeof(long))
        {
            var (code, length) = (BinaryPrimitives.ReadUInt16LittleEndian(options), BinaryPrimitives.ReadUInt16LittleEndian(options[2..]));
            var value = BinaryPrimitives.ReadInt64LittleEndian(options[PcapNgFormat.OptionHeader..]);
            Accepted = code == PcapNgFormat.OptionAccepted ? value : Accepted;
            _skipped[number] = code == PcapNgFormat.OptionSkipped ? value : _skipped.GetValueOrDefault(number);
            options = options[Math.Min(options.Length, PcapNgFormat.OptionHeader + PcapNgFormat.Padded(length))..];
        }
    }

    /// <summary>The names of a ring's files.</summary>
    private sealed class RingNames
    {
        private readonly string _folder;
        private readonly string _start;
        private readonly string _ending;
        private readonly SortedDictionary<int, string> _files = [];
        private readonly int _most;

        public RingNames(string path, int most)
        {
            var full = Path.GetFullPath(path);
            _folder = Path.GetDirectoryName(full) ?? "/";
            _ending = Path.GetExtension(full) is { Length: > 0 } given ? given : ".pcapng";
            _start = Path.GetFileNameWithoutExtension(full) + "_";
            _most = most;
            foreach (var file in Directory.EnumerateFiles(_folder, $"{_start}*{_ending}"))
            {
                var middle = Path.GetFileName(file)[_start.Length..^_ending.Length];
                if (middle.Length >= NumberDigits && int.TryParse(middle, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    _files[number] = file;
                }
            }
        }

        public int Last => _files.Count == 0 ? 0 : _files.Keys.Last();

        public string Of(int number) =>
            _files[number] = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{_start}{number:D5}{_ending}"));

        public void MakeRoom()
        {
            while (_files.Count >= _most)
            {
                var (number, file) = _files.First();
                File.Delete(file);
                _files.Remove(number);
            }
        }
    }
}
