import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { DuplicateIdentity, Inventory } from '../../contract/types'
import { clockErrorText, moment } from '../../model/units'
import { fetchMachine } from '../../net/rest'

/** Aggregators tell of a duplicate every 10 s, until 2 min after the refused agent tried last. */
const ASK_MILLIS = 15_000

/** What is wrong with a machine's agent or clock, where something is. */
export function Notices({ id }: { id: string }): JSX.Element | null {
  const machine = useAsked(id)
  if (!machine) return null
  return (
    <>
      {machine.duplicateIdentity ? <DuplicateNotice id={id} duplicate={machine.duplicateIdentity} /> : null}
      {machine.clockErrorMillis ? <ClockNotice millis={machine.clockErrorMillis} /> : null}
    </>
  )
}

/** Says that two agents claim to be this machine. */
function DuplicateNotice({ id, duplicate }: { id: string; duplicate: DuplicateIdentity }): JSX.Element {
  const { heard, refused, refusedAt } = duplicate
  return (
    <section class="notice" role="status" data-testid="duplicate-identity">
      <h2>Duplicate identity: two agents claim to be {id}</h2>
      <dl>
        <dt>Heard</dt>
        <dd>
          {heard.peer}, version {heard.version}, started {moment(heard.runStart)}
        </dd>
        <dt>Refused</dt>
        <dd>
          {refused.peer}, version {refused.version}, started {moment(refused.runStart)}, last tried {moment(refusedAt)}
        </dd>
      </dl>
      <p>
        The one that started last is heard. Give the other a name of its own with <code>COLLECTOR_MACHINE_ID</code> and start
        it again; what it kept meanwhile stays with it.
      </p>
    </section>
  )
}

/** Says that the machine's clock is wrong. */
function ClockNotice({ millis }: { millis: number }): JSX.Element {
  return (
    <section class="notice" role="status" data-testid="clock-error">
      <h2>{clockErrorText(millis)}</h2>
      <p>Times shown here are corrected; the machine's own logs and certificates are not. Is its time service running?</p>
    </section>
  )
}

function useAsked(id: string): Inventory | undefined {
  const [machine, setMachine] = useState<Inventory>()
  useEffect(() => {
    setMachine(undefined)
    const request = new AbortController()
    const ask = (): void => {
      fetchMachine(id, request.signal).then(
        setMachine,
        // The banner tells that the server is away; what was said last may still be so.
        () => undefined,
      )
    }
    ask()
    const again = setInterval(ask, ASK_MILLIS)
    return () => {
      clearInterval(again)
      request.abort()
    }
  }, [id])
  return machine
}
