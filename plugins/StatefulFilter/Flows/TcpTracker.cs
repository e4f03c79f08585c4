namespace Culvert.Plugins.StatefulFilter.Flows;

/// <summary>
/// Follows a TCP connection from the segments that pass. The window check is the one of Guido van Rooij, "Real Stateful TCP Packet Filtering
/// in IP Filter" (2000), which Linux uses too: loose by one window, so that reordered and repeated segments pass. Pure.
/// </summary>
internal static class TcpTracker
{
    // Acknowledgments this far behind pass, whatever the window: 64 KiB and some.
    private const uint MinAcknowledgmentWindow = 66_000;

    /// <summary>Advances a connection by one segment.</summary>
    /// <param name="flow">The connection; its numbers are unchanged unless <see cref="FlowFinding.Known"/> is returned.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="isFromOriginator">Whether the connection's originator sent it.</param>
    /// <returns>
    /// <see cref="FlowFinding.Known"/>; <see cref="FlowFinding.Ignored"/> for a segment that passes but does not advance it;
    /// <see cref="FlowFinding.New"/> for a SYN after the connection's end; <see cref="FlowFinding.OutOfWindow"/>.
    /// </returns>
    public static FlowFinding Advance(ref Flow flow, in TcpSegment segment, bool isFromOriginator)
    {
        if (segment.IsStart)
        {
            return AdvanceBySyn(ref flow, segment, isFromOriginator);
        }

        if (segment is { IsSyn: true, IsReset: false } && !isFromOriginator && flow.Reopening.IsKnown && segment.Acknowledgment == flow.Reopening.End)
        {
            // The responder has forgotten the old connection and accepts the new one.
            (flow.Originator, flow.Responder, flow.Reopening) = (flow.Reopening, default, default);
            flow.State = FlowState.Opening;
        }

        if (flow.State == FlowState.Opening && !segment.IsReset && (isFromOriginator || !segment.IsSyn))
        {
            // Before the SYN-ACK the originator may only give up. The responder may answer or refuse, or challenge a SYN that it takes for one
            // of an older connection (RFC 9293 §3.5.1).
            return isFromOriginator || segment.IsFin ? FlowFinding.OutOfWindow : FlowFinding.Ignored;
        }

        var sender = isFromOriginator ? flow.Originator : flow.Responder;
        var receiver = isFromOriginator ? flow.Responder : flow.Originator;
        if (!sender.IsKnown)
        {
            sender = TcpSide.Start(segment);
            if (segment.IsSyn && !(sender.HasScale && receiver.HasScale))
            {
                // RFC 7323 §2.2: both sides scale or none does.
                (sender.Scale, receiver.Scale) = (0, 0);
            }
        }

        if (!IsInWindow(sender, receiver, segment))
        {
            return FlowFinding.OutOfWindow;
        }

        if (segment.IsReset && flow.State > FlowState.Answered && segment.Sequence != receiver.Acknowledged && segment.Sequence != sender.End)
        {
            // RFC 5961 §3: its receiver answers with a challenge instead of closing.
            return FlowFinding.Ignored;
        }

        Note(ref sender, ref receiver, segment);
        flow.State = NextState(flow.State, segment, isFromOriginator, sender.HasFin && receiver.HasFin);
        (flow.Originator, flow.Responder) = isFromOriginator ? (sender, receiver) : (receiver, sender);
        return FlowFinding.Known;
    }

    private static FlowFinding AdvanceBySyn(ref Flow flow, in TcpSegment segment, bool isFromOriginator)
    {
        if (flow.State is FlowState.Reset or FlowState.Finished)
        {
            return FlowFinding.New;
        }

        if (flow.State != FlowState.Opening)
        {
            // Its receiver answers with a challenge (RFC 5961 §4), or accepts it when it has forgotten the connection.
            flow.Reopening = isFromOriginator ? TcpSide.Start(segment) : flow.Reopening;
            return isFromOriginator ? FlowFinding.Ignored : FlowFinding.OutOfWindow;
        }

        if (isFromOriginator)
        {
            flow.Originator = TcpSide.Start(segment);
        }
        else
        {
            // Both sides opened at the same time (RFC 9293 §3.5).
            flow.Responder = TcpSide.Start(segment);
            flow.State = FlowState.Answered;
        }

        return FlowFinding.Known;
    }

    private static bool IsInWindow(in TcpSide sender, in TcpSide receiver, in TcpSegment segment)
    {
        // A reset before the first answer has no number to go by.
        var hasSequence = !segment.IsReset || segment.HasAck || segment.Sequence != 0;
        if (hasSequence && (IsAfter(segment.Sequence, sender.MaxEnd) || IsAfter(sender.End - receiver.MaxWindow, segment.End)))
        {
            return false;
        }

        return !segment.HasAck || !receiver.IsKnown || (segment.IsReset && segment.Acknowledgment == 0)
            || !(IsAfter(segment.Acknowledgment, receiver.End)
                || IsAfter(receiver.End - Math.Max(sender.MaxWindow, MinAcknowledgmentWindow), segment.Acknowledgment));
    }

    private static void Note(ref TcpSide sender, ref TcpSide receiver, in TcpSegment segment)
    {
        var window = segment.IsSyn ? segment.Window : (uint)segment.Window << sender.Scale;
        sender.MaxWindow = Math.Max(sender.MaxWindow, window);
        sender.HasFin |= segment.IsFin;
        if (IsAfter(segment.End, sender.End))
        {
            sender.End = segment.End;
        }

        if (!segment.HasAck)
        {
            return;
        }

        sender.Acknowledged = segment.Acknowledgment;

        // One byte may probe a closed window (RFC 9293 §3.8.6.1).
        var allowed = segment.Acknowledgment + Math.Max(window, 1);
        if (IsAfter(allowed, receiver.MaxEnd))
        {
            receiver.MaxEnd = allowed;
        }
    }

    private static FlowState NextState(FlowState state, in TcpSegment segment, bool isFromOriginator, bool areBothClosed) => state switch
    {
        _ when segment.IsReset => FlowState.Reset,
        FlowState.Reset => FlowState.Reset,
        _ when areBothClosed => FlowState.Finished,
        _ when segment.IsFin => FlowState.Closing,
        FlowState.Opening => FlowState.Answered,
        FlowState.Answered when !segment.IsSyn && isFromOriginator => FlowState.Established,
        _ => state,
    };

    // RFC 9293 §3.4: sequence numbers compare modulo 2^32.
    private static bool IsAfter(uint left, uint right) => (int)(left - right) > 0;
}
