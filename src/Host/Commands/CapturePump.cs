using Culvert.Engine.Control;
using Culvert.Tools.Views;

namespace Culvert.Host.Commands;

/// <summary>Writes what a running pipeline captures until it is enough.</summary>
internal static class CapturePump
{
    private const int BufferLength = 1 << 17;

    /// <summary>Captures.</summary>
    /// <param name="wish">What, and where to.</param>
    /// <param name="errors">For messages and the totals.</param>
    /// <param name="cancel">Ends the capture; what came is written.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(CaptureWish wish, TextWriter errors, CancellationToken cancel)
    {
        try
        {
            var places = await RunningPipeline.FindAsync(wish.Pipeline, cancel);
            var (answer, data) = await ControlClient.OpenAsync(places, wish.ToRequest(), cancel);
            await using var stream = data;
            if (answer["error"] is { } error)
            {
                throw new IOException(error.ToString());
            }

            return await CopyAsync(stream, wish, errors, cancel);
        }
        catch (InvalidDataException error)
        {
            errors.WriteLine($"culvert capture: {error.Message}");
            return ExitCodes.WrongInput;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Success;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"culvert capture: {error.Message}");
            return ExitCodes.Failure;
        }
    }

    private static async Task<int> CopyAsync(Stream stream, CaptureWish wish, TextWriter errors, CancellationToken cancel)
    {
        var files = wish.Open();
        try
        {
            var buffer = new byte[BufferLength];
            var length = 0;
            while (await ReadAsync(stream, buffer.AsMemory(length), cancel) is > 0 and var read)
            {
                length += read;
                var taken = files.Write(buffer.AsSpan(0, length));
                files.Flush();
                buffer.AsSpan(taken, length - taken).CopyTo(buffer);
                length -= taken;
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, 2 * buffer.Length);
                }
            }

            files.Dispose();
        }
        catch (IOException) when (wish.Output is null || wish.EndsWithReader)
        {
            // Who was to read it has gone, which is how a pipe into Wireshark ends.
        }

        // Wireshark shows whatever an extcap writes there as an error.
        if (wish.EndsWithReader)
        {
            return ExitCodes.Success;
        }

        var skipped = files.Skipped == 0 ? "" : $", {Quantity.Count(files.Skipped, "packet")} skipped";
        var outer = files.Incomplete == 0 ? "" : $", {Quantity.Count(files.Incomplete, "outer datagram")} skipped";
        errors.WriteLine($"culvert capture: {Quantity.Count(files.Accepted - files.Skipped, "packet")}{skipped}{outer}");
        return ExitCodes.Success;
    }

    /// <returns>0 at the end, also when asked to end.</returns>
    private static async Task<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancel);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }
}
