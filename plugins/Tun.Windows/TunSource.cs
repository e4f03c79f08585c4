using Culvert.Algorithms;
using Culvert.Endpoints;
using Culvert.Packets;
using Culvert.Stages;

namespace Culvert.Plugins.Tun.Windows;

/// <summary>
/// What comes from the host. For one batch: copy what the ring holds into the batch's slots, answer what is too big, and only when that
/// gave nothing wait for the driver or a wake. For the outbound thread only; nothing is allocated after construction.
/// </summary>
internal sealed class TunSource(WintunSession session, IEndpointContext context, TunCounters counters)
{
    /// <summary>Bounds one batch's reads where none of them gives a packet.</summary>
    private const int MostReads = 512;

    private const int AnswersPerSecond = 100;

    private readonly TokenBucket _answers = new(context.Time, rate: AnswersPerSecond, burst: AnswersPerSecond);
    private readonly byte[] _answer = new byte[TooBigAnswer.MaxLength];

    /// <inheritdoc cref="IPacketEndpoint.Receive"/>
    public void Receive(PacketFiller filler)
    {
        do
        {
            Fill(filler);
        }
        while (filler.Count == 0 && session.Wait());
    }

    private void Fill(PacketFiller filler)
    {
        var limit = Math.Min(context.Mtu, filler.Room.Size);
        for (var reads = 0; reads < MostReads && !filler.IsFull && session.TryReceive(out var packet); reads++)
        {
            if (packet.Length > limit)
            {
                AnswerTooBig(filler, packet, limit);
            }
            else
            {
                packet.CopyTo(filler.FreeSlot(0));
                filler.Add(packet.Length);
            }

            session.Release(packet);
        }
    }

    private void AnswerTooBig(PacketFiller filler, Span<byte> packet, int limit)
    {
        filler.Refuse(counters.TooBig);
        if (!_answers.TryTake())
        {
            return;
        }

        var length = TooBigAnswer.Write(packet, limit, _answer);
        if (length > 0 && session.Send(_answer.AsSpan(0, length)) == SendResult.Sent)
        {
            counters.TooBigAnswers.Increment();
        }
    }
}
