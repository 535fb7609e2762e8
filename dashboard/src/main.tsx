import { render } from 'preact'
import './styles/colours.css'
import './styles/base.css'
import './styles/fleet.css'
import './ui/theme'
import { App } from './app'
import { startSession } from './live/session'
import { startRouter } from './router'

startRouter()
startSession()
const root = document.getElementById('app')
if (root) {
  root.replaceChildren()
  render(<App />, root)
}
