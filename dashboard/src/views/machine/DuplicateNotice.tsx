import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { DuplicateIdentity } from '../../contract/types'
import { moment } from '../../model/units'
import { fetchMachine } from '../../net/rest'

/** Aggregators tell of it every 10 s, until 2 min after the refused agent tried last. */
const ASK_MILLIS = 15_000

/** Says that two agents claim to be this machine, where they do. */
export function DuplicateNotice({ id }: { id: string }): JSX.Element | null {
  const duplicate = useDuplicate(id)
  if (!duplicate) return null
  const { heard, refused, refusedAt } = duplicate
  return (
    <section class="duplicate" role="status" data-testid="duplicate-identity">
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

function useDuplicate(id: string): DuplicateIdentity | undefined {
  const [duplicate, setDuplicate] = useState<DuplicateIdentity>()
  useEffect(() => {
    setDuplicate(undefined)
    const request = new AbortController()
    const ask = (): void => {
      fetchMachine(id, request.signal).then(
        (machine) => setDuplicate(machine.duplicateIdentity),
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
  return duplicate
}
